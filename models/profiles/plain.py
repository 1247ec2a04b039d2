"""A profile as plain data, for scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.profiles.items import ITEMS
from models.profiles.profile import Criteria, Profile
from models.rollout.plan import Phase
from models.rollout.worst_case import worst_case
from models.rules.rule import Rule


def as_dict(profile: Profile, base: tuple[Rule, ...]) -> dict[str, Any]:
    """Return a profile with its worst-case times under all rules in force; durations are in seconds."""
    plan, rules = profile.plan, profile.in_force(base)
    return {
        "name": profile.name,
        "title": profile.title,
        "source": profile.source,
        "rollout": {
            **{name: value for name, value in plan._asdict().items() if name not in ("profile", "phases")},
            "phases": [_phase(phase, profile.longest_s) for phase in plan.phases],
        },
        "verdict": _groups(profile.verdict),
        "grades": _groups(profile.grades),
        "preflight": [{**one._asdict(), "automatic": ITEMS[one.item].automatic} for one in profile.preflight],
        "measures": [{**one._asdict(), "args": dict(one.args)} for one in profile.measures],
        "rules": [rule.as_dict() for rule in profile.rules],
        "worst_case": worst_case(plan, rules)._asdict(),
    }


def _phase(phase: Phase, longest_s: Mapping[str, int]) -> dict[str, Any]:
    criteria = [one._asdict() for one in phase.criteria]
    return {**phase._asdict(), "longest_s": longest_s.get(phase.name), "criteria": criteria}


def _groups(groups: Mapping[str, Criteria]) -> dict[str, list[dict[str, Any]]]:
    return {name: [one._asdict() for one in criteria] for name, criteria in groups.items()}
