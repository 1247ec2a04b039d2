"""How old the market behind a symbol of the view is, and how busy it was."""

from __future__ import annotations

from typing import Any

_NS = 1e9


def trade_age_s(symbol: dict[str, Any], now: int) -> float | None:
    """Return the seconds from the last trade behind a symbol's features to ``now`` (ns), None without one."""
    features: dict[str, Any] | None = symbol["features"]
    return None if features is None else round(max(now - features["ts"], 0) / _NS + features["age_s"], 3)


def ticks_per_minute(symbol: dict[str, Any]) -> float | None:
    """Return the trades of the minute before the last closed second."""
    features: dict[str, Any] | None = symbol["features"]
    return None if features is None else round(features["values"]["intensity_60s"] * 60)
