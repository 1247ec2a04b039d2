"""Live signals against those of a replay, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any


class DecisionTally:
    """Takes pairs of ``signals`` bodies; one of a replay that has ended is None."""

    def __init__(self) -> None:
        self._live: Counter[str] = Counter()
        self._replay: Counter[str] = Counter()
        self._different = 0

    def take(self, live: Mapping[str, Any], replay: Mapping[str, Any] | None) -> None:
        """Count a pair; it differs where symbol, window or signal do."""
        self._live[live["signal"]] += 1
        if replay is not None:
            self._replay[replay["signal"]] += 1
        same = replay is not None and _decided(live) == _decided(replay)
        self._different += not same

    def as_dict(self) -> dict[str, Any]:
        """Return the counts by signal on both sides, and how many pairs differ."""
        both = {"live": self._live, "replay": self._replay}
        return {side: dict(sorted(counts.items())) for side, counts in both.items()} | {
            "different": self._different
        }


def _decided(body: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(body.get(name) for name in ("symbol", "venue", "ts", "signal"))
