"""Records wait for their second: they count once every shard has closed it, in an order of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from typing import Any

from models.guard.inputs import Told
from models.spec import SECOND

Place = tuple[int, str, int, int]


class Waiting:
    """What has come of seconds that are not over; state is plain data."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        self._of: dict[int, list[Told]] = {}  # by second
        self._seconds: list[int] = []  # of these, a heap
        for row in saved["waiting"] if saved else []:
            self.add(Told(*row))

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {"waiting": [list(told) for second in sorted(self._of) for told in self._of[second]]}

    def add(self, told: Told) -> None:
        """Keep a record."""
        second = event_second(told)
        if second not in self._of:
            self._of[second] = []
            heappush(self._seconds, second)
        self._of[second].append(told)

    def until(self, second: int) -> list[Told]:
        """Let go what belongs to the seconds up to ``second``, ordered by its second and place."""
        due: list[Told] = []
        while self._seconds and self._seconds[0] <= second:
            due += self._of.pop(heappop(self._seconds))
        return sorted(due, key=_place)


def event_second(told: Told) -> int:
    """Return the second of the epoch at which a record's window ended."""
    return int(told.body["ts"]) // SECOND


def of_topic(found: Iterable[Told], topic: str) -> list[Told]:
    """Return the records of one topic."""
    return [told for told in found if told.topic == topic]


def _place(told: Told) -> Place:
    return event_second(told), told.topic, told.partition, told.offset
