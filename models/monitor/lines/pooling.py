"""The figures of several symbols as one: counts and errors exactly, chance as a bound.

ECE (equal width), Brier score, log-loss and hit rate follow from sums over the symbols. What chance does to
the sum depends on how far the symbols move together, which their records do not tell. But

    ECE = sum over bins of |sum over symbols of residuals| / n  <=  sum over symbols of (n_s / n) ECE_s,

whatever they share, and a standard deviation of a sum is at most the sum of the deviations. So the means of
the symbols' floors, limits and half intervals, weighted by n, are bounds: too high for symbols that move
apart, right for those that move as one; for a limit as far as the errors are about normal.
``n_eff`` is the least in the same sense: 1 / sqrt(n_eff) = sum of (n_s / n) / sqrt(n_eff_s).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any

Plain = dict[str, Any]
Value = Callable[[Plain], float | None]


def pooled(figures: Sequence[Plain]) -> Plain:
    """Return figures with the fields of a record's, those left out that cannot be told for several."""
    said = sum(one["said"] for one in figures)
    of = [one for one in figures if one["n"]]
    n = sum(one["n"] for one in of)
    if not n:
        return {"said": said, "n": 0}
    buckets = _buckets(of)
    return {
        "seconds": max(one.get("seconds") or 0 for one in of),
        "said": said,
        "n": n,
        "n_eff": _n_eff(of, n),
        "up": sum(one["up"] for one in of),
        "hit_rate": _mean(of, n, lambda one: one.get("hit_rate")),
        "brier": {"value": _mean(of, n, lambda one: (one.get("brier") or {}).get("value"))},
        "log_loss": _mean(of, n, lambda one: one.get("log_loss")),
        "ece": _ece(of, n, sum(abs(b["prob"] - b["up"]) for b in buckets) / n),
        "buckets": buckets,
    }


def _buckets(figures: Sequence[Plain]) -> list[Plain]:
    every = zip(*(one["buckets"] for one in figures), strict=True)
    return [{field: sum(b[field] for b in same) for field in ("said", "n", "up", "prob")} for same in every]


def _n_eff(figures: Sequence[Plain], n: int) -> float | None:
    spread = _mean(figures, n, lambda one: 1 / sqrt(one["n_eff"]) if one.get("n_eff") else None)
    return None if spread is None else 1 / spread**2


def _ece(figures: Sequence[Plain], n: int, value: float) -> Plain:
    def mean(field: Value) -> float | None:
        return _mean(figures, n, lambda one: field(one.get("ece") or {}))

    below = mean(lambda ece: _difference(ece, "value", "low"))
    above = mean(lambda ece: _difference(ece, "high", "value"))
    return {
        "value": value,
        "floor": mean(lambda ece: ece.get("floor")),
        "limit": mean(lambda ece: ece.get("limit")),
        "low": None if below is None else max(0.0, value - below),
        "high": None if above is None else min(1.0, value + above),
    }


def _difference(ece: Plain, high: str, low: str) -> float | None:
    if ece.get(high) is None or ece.get(low) is None:
        return None
    return float(ece[high] - ece[low])


def _mean(figures: Sequence[Plain], n: int, value: Value) -> float | None:
    """Return the mean over symbols weighted by n, None where one of them has no value."""
    found = [(one["n"], value(one)) for one in figures]
    known = [(weight, each) for weight, each in found if each is not None]
    return sum(weight * each for weight, each in known) / n if len(known) == len(found) else None
