"""The gate of a profile as one answer: GO, NO-GO, or that it cannot be said."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from flows.checks.ground import Ground
from flows.checks.measuring.measures import Line, lines
from flows.checks.measuring.where import Where
from models.profiles.profile import Criteria, Profile

Answer = Literal["GO", "NO-GO", "UNKNOWN"]
EXIT = {"GO": 0, "NO-GO": 1, "UNKNOWN": 2}


class GateError(RuntimeError):
    """There is no such gate; the message names those there are."""


class Verdict(NamedTuple):
    """The criteria of a gate, and what they come to."""

    profile: str
    gate: str
    answer: Answer
    lines: list[Line]

    def as_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        found = [line.as_dict() for line in self.lines]
        return {"profile": self.profile, "gate": self.gate, "answer": self.answer, "criteria": found}


def gate_of(profile: Profile, name: str) -> Criteria:
    """Return the criteria of a gate; raise ``GateError`` where there is none of that name."""
    if name not in profile.verdict:
        raise GateError(f"profile {profile.name} has no gate '{name}'; it has: {', '.join(profile.verdict)}")
    return profile.verdict[name]


def go_no_go(ground: Ground, profile: Profile, name: str = "") -> Verdict:
    """Return the verdict on a gate, the first of the profile where none is named."""
    name = name or next(iter(profile.verdict))
    found = lines(Where(ground, profile), gate_of(profile, name))
    return Verdict(profile.name, name, answer(found), found)


def answer(found: list[Line]) -> Answer:
    """Return GO where every critical criterion succeeds, NO-GO where one fails; without data neither.

    A criterion that is not critical is told, and stops nothing.
    """
    outcomes = {line.checked.outcome for line in found if line.criterion.critical}
    if "fail" in outcomes:
        return "NO-GO"
    return "GO" if outcomes == {"success"} else "UNKNOWN"
