"""Equity at whole periods: which period, which mark, and what becomes of the rest."""

from __future__ import annotations

import numpy as np
import pytest
from made_trades import START, curve, marks

from models.performance.periods import SECOND, period_of, returns_of

DAY = 86_400


@pytest.mark.parametrize(
    ("days", "period"),
    [(30, 86_400), (400, 86_400), (29.999, 3_600), (2, 3_600), (1.999, 60), (0, 60)],
)
def test_the_span_sets_the_period(days: float, period: int) -> None:
    """Days from 30 days on, hours from two days on, minutes below."""
    assert period_of(days * DAY) == period


def test_equity_at_a_boundary_is_that_of_the_last_mark_before_it() -> None:
    """At 60 s it is 110, at 120 s still, at 180 s 121; the last ten seconds are left over."""
    ts = START + np.array([0, 50, 60, 130, 190]) * SECOND
    found = returns_of(ts, np.array([100.0, 105.0, 110.0, 121.0, 500.0]))
    assert found.period_s == 60
    assert found.per_year == 525_600
    assert ((found.ts - START) // SECOND).tolist() == [60, 120, 180]
    assert found.values == pytest.approx([0.1, 0.0, 0.1], abs=1e-15)


def test_whole_days_give_one_return_each() -> None:
    """Thirty days of marks by the hour: thirty returns, 365 a year."""
    ts = marks(30 * 24 + 1, 3_600)
    found = returns_of(ts, curve(np.full(30 * 24, 0.001)))
    assert found.per_year == 365
    assert found.values == pytest.approx([1.001**24 - 1] * 30, abs=1e-13)


@pytest.mark.parametrize("days", [31, 90, 200, 365, 3_650])
def test_a_period_that_ends_with_the_last_mark_is_whole(days: int) -> None:
    """Nor is there one more; in nanoseconds, where a quotient of floats would lose the last."""
    assert len(returns_of(marks(days + 1, DAY), np.full(days + 1, 100.0)).values) == days
    almost = marks(days + 1, DAY)
    almost[-1] -= 1
    assert len(returns_of(almost, np.full(days + 1, 100.0)).values) == days - 1


@pytest.mark.parametrize(
    ("ts", "equity", "message"),
    [
        ([], [], "needs one mark"),
        ([1, 2], [100.0], "2 times, 1 marks"),
        ([2, 1], [100.0, 100.0], "must rise"),
        ([1, 1], [100.0, 100.0], "must rise"),
        ([1, 2], [100.0, 0.0], "above zero"),
        ([1, 2], [100.0, float("nan")], "finite"),
        ([1, 2], [100.0, float("inf")], "finite"),
    ],
)
def test_what_is_no_curve_is_refused(ts: list[int], equity: list[float], message: str) -> None:
    """Before it can become a figure."""
    with pytest.raises(ValueError, match=message):
        returns_of(np.array(ts, dtype=np.int64), np.array(equity))
