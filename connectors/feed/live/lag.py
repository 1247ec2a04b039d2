"""How long messages take from the exchange's event time to here, as quantiles in bounded memory."""

from __future__ import annotations

import math
from collections import Counter

_GROWTH = math.log(1.05)
_MILLI = 1_000_000


class Lags:
    """A histogram with buckets that grow by 5 %, so a quantile is right within 5 %, from 1 ms up.

    It compares two clocks: below zero means that this machine's is behind the exchange's.
    """

    def __init__(self) -> None:
        self._buckets: Counter[int] = Counter()
        self.least_ms: float | None = None
        self.most_ms: float | None = None
        self.recent_ms: float | None = None
        """Smoothed over about the last 20."""

    def add(self, ns: int) -> None:
        """Add one lag."""
        ms = ns / _MILLI
        self._buckets[math.ceil(math.log(ms) / _GROWTH) if ms > 1.0 else 0] += 1
        self.least_ms = ms if self.least_ms is None else min(ms, self.least_ms)
        self.most_ms = ms if self.most_ms is None else max(ms, self.most_ms)
        self.recent_ms = ms if self.recent_ms is None else self.recent_ms + (ms - self.recent_ms) / 20

    def quantile_ms(self, share: float) -> float | None:
        """Return the lag that ``share`` of all do not exceed, in ms; None before the first."""
        rank = math.ceil(share * self._buckets.total())
        for bucket in sorted(self._buckets):
            rank -= self._buckets[bucket]
            if rank <= 0:
                return round(math.exp(bucket * _GROWTH), 3)
        return None

    def as_dict(self) -> dict[str, float | None]:
        """Return the figures of a summary, in ms."""
        return {
            "p50": self.quantile_ms(0.5),
            "p99": self.quantile_ms(0.99),
            "least": self.least_ms,
            "most": self.most_ms,
        }
