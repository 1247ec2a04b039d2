"""From a curve of equity to regular returns: daily for long spans, hourly or by the minute for short ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.ticks import Floats, Ints

SECOND = 1_000_000_000
MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400
YEAR_S = 365 * DAY_S
"""Crypto markets never close: a year is 365 whole days."""


@dataclass(frozen=True, slots=True)
class Returns:
    """Simple returns of equal periods; ``ts`` (UTC ns) is the end of each."""

    period_s: int
    ts: Ints  # shape (n,)
    values: Floats  # shape (n,)

    @property
    def per_year(self) -> float:
        """Return how many periods a year has."""
        return YEAR_S / self.period_s


def period_of(span_s: float) -> int:
    """Return the period in seconds: a day from 30 days on, an hour from two days on, else a minute."""
    if span_s >= 30 * DAY_S:
        return DAY_S
    return HOUR_S if span_s >= 2 * DAY_S else MINUTE_S


def span_seconds(ts: Ints) -> float:
    """Return the seconds from the first mark to the last."""
    return float(ts[-1] - ts[0]) / SECOND


def returns_of(ts: Ints, equity: Floats, period_s: int | None = None) -> Returns:
    """Return the returns of a curve over whole periods counted from its first mark.

    Equity at a boundary is that of the last mark at or before it. What is left after the last whole period
    makes no return. Raises ``ValueError`` for a curve that is no curve, see ``check_curve``.
    """
    check_curve(ts, equity)
    step = period_s or period_of(span_seconds(ts))
    count = int(ts[-1] - ts[0]) // (step * SECOND)
    boundaries = ts[0] + np.arange(count + 1) * (step * SECOND)
    at = equity[np.searchsorted(ts, boundaries, side="right") - 1]
    return Returns(step, boundaries[1:], at[1:] / at[:-1] - 1.0)


def check_curve(ts: Ints, equity: Floats) -> None:
    """Raise ``ValueError`` unless there are marks, one time each, in order, finite and above zero."""
    if len(ts) == 0 or len(ts) != len(equity):
        raise ValueError(
            f"a curve of equity needs one mark for each time: {len(ts)} times, {len(equity)} marks"
        )
    if np.any(np.diff(ts) <= 0):
        raise ValueError("the times of a curve of equity must rise from mark to mark")
    if not np.all(np.isfinite(equity) & (equity > 0)):
        raise ValueError("equity must be finite and above zero at every mark")
