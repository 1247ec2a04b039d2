"""What a drill came to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

WITHIN_S = 120.0
"""The mean time to repair is held to it: S322, under two minutes."""


class Sight(NamedTuple):
    """Something by which the trouble was noticed, and how long after it began."""

    what: str
    after_s: float


class Drill(NamedTuple):
    """One trouble, from its beginning to the moment when all is well again."""

    name: str
    injected: str
    lasted_s: float
    sights: tuple[Sight, ...]  # the first of each kind, in order of time
    figures: Mapping[str, Any]
    mttr_s: float | None  # from the end of the trouble to all well; None: not within the time
    normal: str  # what "all well" is here
    wrong: tuple[str, ...]  # what did not hold, apart from the time
    alerts: tuple[str, ...] = ()
    firing: tuple[str, ...] = ()  # of them, what still fires

    @property
    def noticed_s(self) -> float | None:
        """Return how long after its beginning the trouble was noticed, None where it never was."""
        return min((sight.after_s for sight in self.sights), default=None)

    @property
    def passed(self) -> bool:
        """Return whether it was noticed, nothing went wrong, and all was well in time."""
        in_time = self.mttr_s is not None and self.mttr_s < WITHIN_S
        return in_time and not self.wrong and self.noticed_s is not None

    def as_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        return {
            **self._asdict(),
            "sights": [sight._asdict() for sight in self.sights],
            "figures": dict(self.figures),
            "noticed_s": self.noticed_s,
            "within_s": WITHIN_S,
            "passed": self.passed,
        }


class Outcome(NamedTuple):
    """All drills, and where they were."""

    where: str
    machine: str
    version: str
    day: str
    drills: tuple[Drill, ...]

    @property
    def exit_code(self) -> int:
        """Return 0 where every drill passed, else 1."""
        return 0 if self.drills and all(drill.passed for drill in self.drills) else 1

    def as_dict(self) -> dict[str, Any]:
        """Return it JSON-ready."""
        plain = {**self._asdict(), "drills": [drill.as_dict() for drill in self.drills]}
        return {"exit_code": self.exit_code, **plain}
