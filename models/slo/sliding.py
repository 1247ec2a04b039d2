"""Sums over the last so many buckets of log time, exact: whole numbers are added when they come and taken off
when they leave, so no order of arrival and no restart changes a sum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Sums = dict[str, int]
"""Whole numbers by name, none that are 0."""


class Sliding:
    """Sums by name over ``length`` buckets of ``width`` seconds, the present one included.

    What lies ahead of the present is kept until it is reached; what lies behind the window is ignored.
    """

    def __init__(self, width: int, length: int, saved: Mapping[str, Any] | None = None) -> None:
        self._width = width
        self._length = length
        self._cells: dict[int, Sums] = {int(place): dict(sums) for place, sums in (saved or {}).items()}
        self._present: int | None = None
        self.total: Sums = {}

    def snapshot(self) -> dict[str, Sums]:
        """Return the state as plain data: sums by the number of their bucket."""
        return {str(place): dict(sums) for place, sums in sorted(self._cells.items())}

    def take(self, second: int, sums: Mapping[str, int]) -> None:
        """Add what belongs to a second of log time."""
        place = second // self._width
        if self._present is not None and place <= self._present - self._length:
            return
        _add(self._cells.setdefault(place, {}), sums, 1)
        if self._present is not None and place <= self._present:
            _add(self.total, sums, 1)

    def advance(self, second: int) -> None:
        """Let the present be the bucket of a second, never an earlier one than before."""
        place = second // self._width
        before = self._present
        if place == before:
            return
        self._present = place
        for known in sorted(self._cells):
            if known <= place - self._length:
                gone = self._cells.pop(known)
                if before is not None and known <= before:
                    _add(self.total, gone, -1)
            elif known <= place and (before is None or known > before):
                _add(self.total, self._cells[known], 1)


def _add(into: Sums, more: Mapping[str, int], sign: int) -> None:
    for name, count in more.items():
        found = into.get(name, 0) + sign * count
        if found:
            into[name] = found
        else:
            into.pop(name, None)
