"""What a step of the machine tells: from where to where, why, by which figures, and what is to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from models.rollout.plan import Checked

Kind = Literal[
    "started", "check", "entered", "paused", "resumed", "suspended", "approved", "rolled_back", "retried",
    "promoted", "finished", "decision", "refused",
]  # fmt: skip
Word = Literal[
    "idle", "running", "waiting", "paused", "suspended", "watching", "rolled_back", "finished"
]  # fmt: skip
AT_REST: tuple[Word, ...] = ("idle", "rolled_back", "finished")
"""States of a machine that has no run under way."""


class Want(NamedTuple):
    """A control command that follows from a transition."""

    cmd: str
    args: Mapping[str, Any]


class Place(NamedTuple):
    """Where a run is: its state, and the name of its phase."""

    state: Word
    phase: str


class Transition(NamedTuple):
    """One event in the course of a run; also where nothing moves, as with most checks."""

    second: int
    event: Kind
    run: str
    model: str
    was: Place
    now: Place
    reason: str
    numbers: Mapping[str, Any]
    checks: tuple[Checked, ...] = ()
    wants: tuple[Want, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return what of it stands in a ``rollout`` record."""
        return {
            "event": self.event, "run": self.run, "model": self.model, "phase": self.now.phase,
            "phase_from": self.was.phase, "from": self.was.state, "to": self.now.state,
            "reason": self.reason, "numbers": dict(self.numbers),
            "checks": [one._asdict() for one in self.checks],
        }  # fmt: skip
