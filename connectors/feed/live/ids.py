"""Trade ids that an exchange counts without a break: which are missing, and which came twice.

ids seen   1 2 3 . . 6 7 6 4 8      missing 4 and 5 at 6; 6 repeated; 4 came late, so only 5 is missing
"""

from __future__ import annotations

from typing import NamedTuple

OPEN_RANGES = 1_000
"""Older missing ranges can no longer be filled; they stay counted."""


class Missing(NamedTuple):
    """Ids that were passed over, both ends included."""

    first: int
    last: int


class Numbering:
    """The ids of one symbol, in the order they came."""

    def __init__(self) -> None:
        self.first: int | None = None
        self.last: int | None = None
        self.gaps = 0
        """How often ids were passed over."""
        self.missing = 0
        """Ids that were passed over and have not come since."""
        self.repeated = 0
        """Ids that came again."""
        self._open: list[Missing] = []

    def see(self, first: int, last: int) -> Missing | None:
        """Take the ids ``first`` to ``last`` of one message; return those that are missing before them."""
        if self.last is None:
            self.first, self.last = first, last
            return None
        before = self.last
        self._again(first, min(last, before))
        self.last = max(before, last)
        return self._passed(Missing(before + 1, first - 1)) if first > before + 1 else None

    def _passed(self, missing: Missing) -> Missing:
        self.gaps += 1
        self.missing += missing.last - missing.first + 1
        self._open = [*self._open, missing][-OPEN_RANGES:]
        return missing

    def _again(self, first: int, last: int) -> None:
        if last < first:
            return
        left: list[Missing] = []
        for gap in self._open:
            left += [Missing(*gap)] if last < gap.first or gap.last < first else _without(gap, first, last)
        filled = _count(self._open) - _count(left)
        self._open = left
        self.missing -= filled
        self.repeated += last - first + 1 - filled


def _without(gap: Missing, first: int, last: int) -> list[Missing]:
    rests = (Missing(gap.first, first - 1), Missing(last + 1, gap.last))
    return [rest for rest in rests if rest.first <= rest.last]


def _count(gaps: list[Missing]) -> int:
    return sum(gap.last - gap.first + 1 for gap in gaps)
