"""How much happened in the last hour of log time, in steps of a minute."""

from __future__ import annotations

from collections import deque

_MINUTE = 60_000_000_000
_MINUTES = 60


class HourCount:
    """A count over the present minute and the 59 before it."""

    def __init__(self) -> None:
        self._minutes: deque[tuple[int, int]] = deque()  # (minute, how many), at most 60
        self._sum = 0

    def update(self, ts: int, more: int) -> int:
        """Add ``more`` at ``ts`` (ns, never falling) and return the count of the last hour."""
        minute = ts // _MINUTE
        if more:
            self._add(minute, more)
        while self._minutes and self._minutes[0][0] <= minute - _MINUTES:
            self._sum -= self._minutes.popleft()[1]
        return self._sum

    def _add(self, minute: int, more: int) -> None:
        self._sum += more
        if self._minutes and self._minutes[-1][0] == minute:
            more += self._minutes.pop()[1]
        self._minutes.append((minute, more))
