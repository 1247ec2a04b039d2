"""What is to be done after a stretch: a line for each rule that fired, and for each criterion that fails."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flows.day_report.breaches import Breach
from flows.day_report.criteria import Gate
from models.profiles.profile import Profile
from models.rules.rule import duration

Plain = dict[str, Any]


def wanted(fired: Sequence[Breach], gate: Gate, profile: Profile) -> list[Plain]:
    """Return the actions, the most severe first: what, why, and the page that says how."""
    return [*_of_rules(fired), *_of_criteria(gate), *_of_people(fired, profile)]


def _of_rules(fired: Sequence[Breach]) -> list[Plain]:
    by_rule = defaultdict(list)
    for one in fired:
        by_rule[one.severity, one.rule].append(one)
    return [_rule(rule, same) for (_, rule), same in sorted(by_rule.items())]


def _rule(rule: str, same: Sequence[Breach]) -> Plain:
    first, longest = same[0], max(one.seconds for one in same)
    times = "once" if len(same) == 1 else f"{len(same)} times"
    going = ", and still does" if any(one.end is None for one in same) else ""
    done = ", ".join(name for name in first.actions if name != "alert")
    why = f"{first.metric} {first.op} {first.threshold:g}, {times}, at most {duration(round(longest))}{going}"
    return {
        "severity": first.severity,
        "what": f"look into {rule}",
        "why": why + (f"; done by itself: {done}" if done else ""),
        "how": first.runbook,
    }


def _of_criteria(gate: Gate) -> list[Plain]:
    words = {"fail": "bring back", "error": "repair", "no-data": "measure", "inconclusive": "go on measuring"}
    return [
        {
            "severity": "",
            "what": f"{words[line.checked.outcome]} {line.criterion.name} ({line.criterion.metric})",
            "why": line.checked.why,
            "how": line.criterion.requirement,
        }
        for line in gate.lines
        if line.checked.outcome in words
    ]


def _of_people(fired: Sequence[Breach], profile: Profile) -> list[Plain]:
    """Return the commands that a person may send, where trading was held back or should be."""
    if not any(one.severity in ("P0", "P1") or one.auto_pause for one in fired):
        return []
    return [
        {
            "severity": "",
            "what": f"consider {one.cmd} {' '.join(f'{key}={value}' for key, value in one.args.items())}",
            "why": one.why,
            "how": one.requirement,
        }
        for one in profile.measures
    ]
