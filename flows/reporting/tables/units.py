"""A performance figure in words, by its unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite

from flows.reporting.words import PERCENT, UNKNOWN, count, duration, percent, plain, signed, signed_percent
from models.performance.figures import MEANINGS, Figures, Unit

SIGNED = ("total_return", "annual_return", "profit", "average_trade", "average_trade_pct")
"""Gains and losses, which show their sign."""

TIMES = 10
"""From here on costs are told as a multiple of what they are shared of."""

_WORDS: Mapping[Unit, Callable[[float | None], str]] = {
    "share": percent,
    "ratio": plain,
    "money": plain,
    "percent": lambda value: UNKNOWN if value is None else plain(value, 3) + PERCENT,
    "seconds": duration,
    "count": count,
    "per_day": plain,
}
_SIGNED_WORDS: Mapping[Unit, Callable[[float | None], str]] = {
    "share": signed_percent,
    "money": signed,
    "percent": lambda value: UNKNOWN if value is None else signed(value, 3) + PERCENT,
}


def in_words(name: str, value: float | None) -> str:
    """Return the figure called ``name`` in words; a name that is not known as a plain number."""
    if value is not None and not isfinite(value):
        value = None
    if name not in MEANINGS:
        return plain(value, 4)
    if name == "cost_share" and value is not None and value >= TIMES:
        return f"{plain(value, 1)} times"
    unit = MEANINGS[name].unit
    words = _SIGNED_WORDS if name in SIGNED and unit in _SIGNED_WORDS else _WORDS
    return words[unit](value)


def figure(figures: Figures, name: str) -> str:
    """Return one of the figures in words, a dash where it is not there."""
    return in_words(name, figures.get(name))
