"""Episodes of symbols whose last trade, or last bar with one, is too old: one event where a level changes."""

from __future__ import annotations

from typing import Any

from verifier.rules import Rules, record_id

LEVELS = ("ok", "warn", "crit")
TICKS, BARS = "staleness.tick", "staleness.feature"


class Staleness:
    """The level of each symbol, ``venue:NAME``."""

    def __init__(self, rules: Rules) -> None:
        self._limits = {
            TICKS: (rules.warn_after_s, rules.fallback_after_s),
            BARS: (rules.feature_warn_after_s, rules.feature_crit_after_s),
        }
        self._levels: dict[tuple[str, str], int] = {}

    def event(self, metric: str, symbol: str, end: int, age: float) -> dict[str, Any] | None:
        """Return what is told where an age crosses a limit, up or down, with the window that ends then."""
        limits = self._limits[metric]
        level, before = sum(limit < age for limit in limits), self._levels.get((metric, symbol), 0)
        if level == before:
            return None
        self._levels[metric, symbol] = level
        return {
            "id": record_id(metric, symbol, end, level),
            "metric": metric,
            "event": "crossed" if level else "recovered",
            "level": LEVELS[level],
            "before": LEVELS[before],
            "age_s": age,
            "limit_s": limits[max(level, before) - 1],
        }

    def end(self, symbol: str) -> None:
        """End the episodes of a symbol whose life is over."""
        for metric in self._limits:
            self._levels.pop((metric, symbol), None)
