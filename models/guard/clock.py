"""How far the shards have closed their seconds, and when each was last heard of.

A signal and the progress behind it are on two topics, and where much is sent the progress may be delivered
first, by hundreds of seconds. So a progress counts once all signals that it counts itself have been read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from models.guard.inputs import Told


class Clock:
    """Time is the least progress: what every shard that ever published has closed."""

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

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {
            "closed": dict(self._closed), "heard": dict(self._heard), "names": dict(self._names),
            "signals": dict(self._signals),
            "announced": {n: [list(one) for one in a] for n, a in self._announced.items() if a},
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
        """Return the second below which all shards have closed all; None before the first progress."""
        return min(self._closed.values(), default=None)

    @property
    def names(self) -> dict[int, str]:
        """Return the keys of the shards by their numbers."""
        return {int(number): name for number, name in self._names.items()}

    def silent(self, at: int, after_ns: int) -> list[str]:
        """Return the keys of shards that were not heard of for longer than that."""
        return [self._names[n] for n in sorted(self._heard, key=int) if at - self._heard[n] > after_ns]
