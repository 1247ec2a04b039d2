"""What makes a profile one that can be run; what its shape alone cannot say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from models.profiles.items import ITEMS
from models.profiles.profile import Criteria, Profile
from models.rollout.plan import WATCH, Phase
from models.rollout.sound import share
from models.rules.metrics import METRICS


class BadProfileError(ValueError):
    """A profile cannot be run; the message names the field, and says what it needs."""


def check(profile: Profile) -> None:
    """Raise ``BadProfileError`` for the first thing that is wrong."""
    phases = profile.plan.phases
    _once("rollout.phases", (phase.name for phase in phases))
    for phase in phases:
        _phase(phase)
    for before, after in pairwise(phases):
        _widens(before, after)
    for group, gates in (("verdict", profile.verdict), ("grades", profile.grades)):
        for name, criteria in gates.items():
            _criteria(f"{group}.{name}", criteria)
    _checklist(profile)
    for rule in profile.rules:
        if "fallback" in rule.actions:
            raise BadProfileError(f"rules[{rule.name}].action: the fallback is the shard's own doing")


def _phase(phase: Phase) -> None:
    field = f"rollout.phases[{phase.name}]"
    if phase.name == WATCH:
        raise BadProfileError(f"{field}.name: '{WATCH}' is what follows the last phase")
    _criteria(f"{field}.criteria", phase.criteria)
    if not phase.critical:
        raise BadProfileError(f"{field}.criteria: one must be critical, or nothing has to be shown to go on")


def _widens(before: Phase, after: Phase) -> None:
    field = f"rollout.phases[{after.name}]"
    if share(before.rollout) == 0.0:
        return  # nothing was let through before
    if after.canary and not before.canary:
        raise BadProfileError(f"{field}.canary: canary symbols come before the phases of all symbols")
    if bool(after.canary) == bool(before.canary) and share(after.rollout) < share(before.rollout):
        raise BadProfileError(f"{field}.rollout: must not be less than {before.rollout} of '{before.name}'")


def _criteria(field: str, criteria: Criteria) -> None:
    if not criteria:
        raise BadProfileError(f"{field}: must hold a criterion")
    _once(field, (one.name for one in criteria))
    for one in criteria:
        scopes = METRICS[one.metric].scopes
        if one.scope not in scopes:
            raise BadProfileError(
                f"{field}[{one.name}].scope: must be {' or '.join(scopes)}, where {one.metric} is measured"
            )


def _checklist(profile: Profile) -> None:
    _once("preflight", (one.item for one in profile.preflight))
    for one in profile.preflight:
        if one.item not in ITEMS:
            raise BadProfileError(f"preflight[{one.item}].item: is unknown; known: {', '.join(ITEMS)}")
    _once("measures", (one.name for one in profile.measures))


def _once(field: str, names: Iterable[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise BadProfileError(f"{field}: '{name}' is there {times} times")
