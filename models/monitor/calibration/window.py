"""The last hour and the last day of one symbol: tallies by the bucket, then by the hour, added and let go.

The day is the hour that is running and the 23 before it, so it covers between 23 and 24 hours of log time.
Sums are whole numbers: taking away what has become too old is exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from models.monitor.bucket import BUCKET_S
from models.monitor.calibration.packing import pack, unpack
from models.monitor.calibration.tally import WIDTH
from models.ticks import Ints

HOUR_S = 3_600
DAY_HOURS = 24


class Windows:
    """Sums of one symbol. State: at most 12 packed buckets and 23 packed hours."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        kept = saved or {"hour": 0, "buckets": (), "hours": ()}
        self._hour: int = kept["hour"]  # that is running
        self._buckets: list[tuple[int, bytes]] = [(start, packed) for start, packed in kept["buckets"]]
        self._hours: list[tuple[int, bytes]] = [(hour, packed) for hour, packed in kept["hours"]]
        self.last_hour = _sum(packed for _, packed in self._buckets)
        self.last_day = _sum(packed for _, packed in self._hours) + self._running()

    def __bool__(self) -> bool:
        return bool(self._buckets or self._hours)

    @property
    def newest(self) -> int | None:
        """Return the start of the newest bucket of the last hour, if any."""
        return self._buckets[-1][0] if self._buckets else None

    def advance(self, end: int) -> None:
        """Let go what is too old at log second ``end``, the end of a bucket."""
        hour = (end - 1) // HOUR_S
        if hour > self._hour:
            self._close()
            self._hour = hour
        while self._hours and self._hours[0][0] <= hour - DAY_HOURS:
            self.last_day -= unpack(self._hours.pop(0)[1])
        while self._buckets and self._buckets[0][0] < end - HOUR_S:
            self.last_hour -= unpack(self._buckets.pop(0)[1])

    def add(self, start: int, row: Ints) -> None:
        """Take in the tally of the bucket from second ``start``, which is newer than all before."""
        self.advance(start + BUCKET_S)
        self._buckets.append((start, pack(row)))
        self.last_hour += row
        self.last_day += row

    def bucket(self, start: int) -> Ints | None:
        """Return the tally of the bucket that began then, if it is the newest."""
        return unpack(self._buckets[-1][1]) if self.newest == start else None

    def _running(self) -> Ints:
        return _sum(packed for start, packed in self._buckets if start // HOUR_S == self._hour)

    def _close(self) -> None:
        if any(start // HOUR_S == self._hour for start, _ in self._buckets):
            self._hours.append((self._hour, pack(self._running())))

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {"hour": self._hour, "buckets": list(self._buckets), "hours": list(self._hours)}


def _sum(packed: Iterable[bytes]) -> Ints:
    total = np.zeros(WIDTH, dtype=np.int64)
    for one in packed:
        total += unpack(one)
    return total
