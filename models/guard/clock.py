"""How far the shards have closed their seconds, and which of them are silent.

A signal and the progress behind it are on two topics, and where much is sent the progress may be delivered
first, by hundreds of seconds. So a progress counts once all signals that it counts itself have been read.

A shard is silent where all that it published was read and the last of it is too old. Time goes on without it
until it is heard of again and has caught up; what it publishes in between comes late.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from typing import Any

from models.guard.inputs import Told


class Clock:
    """Time is the least progress: what every shard that ever published and is not left out has closed."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        saved = saved or {}
        self._closed: dict[str, int] = dict(saved.get("closed", {}))
        self._heard: dict[str, int] = dict(saved.get("heard", {}))
        self._names: dict[str, str] = dict(saved.get("names", {}))
        # by shard: signals read, and the progress (second, signals by then) that still waits for some
        self._signals: dict[str, int] = dict(saved.get("signals", {}))
        self._announced = {
            n: deque((int(s), int(k)) for s, k in a) for n, a in saved.get("announced", {}).items()
        }
        self._left: set[str] = set(saved.get("left", ()))
        self._floor: int | None = saved.get("floor")  # the time when a shard was left out last

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {
            "closed": dict(self._closed), "heard": dict(self._heard), "names": dict(self._names),
            "signals": dict(self._signals),
            "announced": {n: [list(one) for one in a] for n, a in self._announced.items() if a},
            "left": sorted(self._left), "floor": self._floor,
        }  # fmt: skip

    def heard(self, told: Told) -> None:
        """Take in a shard's progress; broker time is when it was heard of."""
        number, signals = str(told.partition), told.body["signals"]
        self._heard[number] = max(told.ts, self._heard.get(number, 0))
        self._names[number] = told.body["shard"]
        # signals from before the first progress that is read lie before the guard's beginning
        self._signals.setdefault(number, signals)
        self._announced.setdefault(number, deque()).append((told.body["second"], signals))
        self._settle(number)

    def signalled(self, told: Told) -> None:
        """Note that a signal has been read."""
        number = str(told.partition)
        self._signals[number] = told.body["ordinal"] + 1
        self._settle(number)

    def _settle(self, number: str) -> None:
        announced = self._announced.get(number)
        while announced and announced[0][1] <= self._signals[number]:
            self._closed[number] = max(announced.popleft()[0], self._closed.get(number, 0))

    @property
    def second(self) -> int | None:
        """Return the second below which all shards that count have closed all; None before any progress."""
        counted = (closed for number, closed in self._closed.items() if number not in self._left)
        return min(counted, default=self._floor)

    @property
    def names(self) -> dict[int, str]:
        """Return the keys of the shards by their numbers."""
        return {int(number): name for number, name in self._names.items()}

    @property
    def left(self) -> frozenset[int]:
        """Return the numbers of the shards that time goes on without."""
        return frozenset(map(int, self._left))

    def leave(self, at: int, after_ns: int, read: Collection[int]) -> list[str]:
        """Leave out who is silent, have back who has caught up; return the keys of those left out.

        ``read`` are the shards whose progress was read to its end by ``at``, ns.
        """
        silent = {n for n, heard in self._heard.items() if int(n) in read and at - heard > after_ns}
        self._floor = self.second
        away = {n for n in self._left if int(n) not in read or not self._caught_up(n)}
        self._left = silent | away
        return [self._names[n] for n in sorted(self._left, key=int)]

    def _caught_up(self, number: str) -> bool:
        return self._floor is None or self._closed.get(number, 0) >= self._floor
