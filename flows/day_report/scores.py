"""The scores of a stretch, out of ``audit``, as running sums: a day of many symbols is too much to keep."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from flows.monitoring.audit_summary import PARTS
from models.spec import SECOND
from models.ticks import Floats

Plain = dict[str, Any]
HOUR_S, MINUTE_S = 3_600, 60


class Scores:
    """Counts of ``ml.score`` items, and the moments of the signal's parts."""

    def __init__(self) -> None:
        self.total = 0
        self.fallback = 0
        self.symbols: dict[str, set[str]] = {}  # by shard
        self._minutes: set[int] = set()
        self._hours: Counter[int] = Counter()
        self._parts = 0
        self._first: Floats | None = None  # sums are of the differences from it, which keeps their digits
        self._sum: Floats = np.zeros(len(PARTS))
        self._product: Floats = np.zeros((len(PARTS), len(PARTS)))

    def take(self, item: Plain) -> None:
        """Take an item in."""
        self.total += 1
        second, context, cause = item["ts"] // SECOND, item["context"], item["caused_by"]
        self._minutes.add(second // MINUTE_S)
        self._hours[second // HOUR_S * HOUR_S] += 1
        self.fallback += bool(context.get("fallback"))
        shard = f"{cause['topic']}/{cause['partition']:04d}"
        self.symbols.setdefault(shard, set()).add(f"{item['venue']}:{item['symbol']}")
        told = context.get("ml_signal_parts") or {}
        values = [told.get(part) for part in PARTS]
        if None not in values:
            self._add(np.array(values, dtype=np.float64))

    def _add(self, values: Floats) -> None:
        if not np.isfinite(values).all():
            return
        self._first = values if self._first is None else self._first
        off = values - self._first
        self._parts += 1
        self._sum += off
        self._product += np.outer(off, off)

    def cardinality(self, seconds: float) -> Plain:
        """Return how many there were, a minute of so many seconds on average, and in the fullest hour."""
        if not self.total:
            return {"total": None, "per_minute": None, "minutes_with_scores": 0, "peak_hour": None}
        hour, count = max(self._hours.items(), key=lambda one: (one[1], -one[0]))
        return {
            "total": self.total,
            "per_minute": self.total * MINUTE_S / seconds,
            "minutes_with_scores": len(self._minutes),
            "peak_hour": {"ts": hour * SECOND, "count": count},
        }

    def parts(self) -> Plain:
        """Return means and correlations of the parts; None where a part does not vary."""
        n = self._parts
        if not n or self._first is None:
            nothing: list[list[float | None]] = [[None] * len(PARTS) for _ in PARTS]
            return {"n": 0, "parts": list(PARTS), "means": [None] * len(PARTS), "correlations": nothing}
        spread = self._product - np.outer(self._sum, self._sum) / n
        return {
            "n": n,
            "parts": list(PARTS),
            "means": (self._first + self._sum / n).tolist(),
            "correlations": [
                [_correlation(spread, i, j) for j in range(len(PARTS))] for i in range(len(PARTS))
            ],
        }


def _correlation(spread: Floats, i: int, j: int) -> float | None:
    """Return Pearson's correlation from sums of squares about the means."""
    scale = spread[i, i] * spread[j, j]
    return float(np.clip(spread[i, j] / np.sqrt(scale), -1, 1)) if scale > 1e-18 else None
