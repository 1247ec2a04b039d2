"""The course of one rule for one scope key: how long it has held, and whether that has been told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Evidence(NamedTuple):
    """The sample that a rule went by."""

    value: float
    limit: float | None  # what chance explains, None where there is no such limit
    n: int | None  # rows or outcomes behind the value


@dataclass(slots=True)
class Episode:
    """A stretch of seconds in which a rule holds; seconds without data do not count and do not end it."""

    at: int  # second up to which it is known
    since: int  # second at which it began to hold
    evidence: Evidence
    held: int = 0  # seconds it has held up to ``at``
    known: bool = True  # False: there is no data from ``at`` on
    fired: bool = False

    def reaches(self, second: int, for_s: int) -> int | None:
        """Return when it will have held for ``for_s``, None where not before ``second``, or told already."""
        due = self.at + for_s - self.held
        return due if self.known and not self.fired and due < second else None

    def go_on(self, second: int, known: bool) -> None:
        """Move on to a second, from which on there is data or none."""
        if self.known:
            self.held += second - self.at
        self.at, self.known = second, known

    def as_list(self) -> list[int | float | bool | None]:
        """Return plain data."""
        return [self.at, self.since, *self.evidence, self.held, self.known, self.fired]

    @classmethod
    def from_list(cls, plain: Sequence[object]) -> Episode:
        """Return the episode that ``as_list`` described."""
        at, since, value, limit, n, *rest = plain
        return cls(at, since, Evidence(value, limit, n), *rest)  # type: ignore[arg-type]
