"""Returns by month, day and hour, as a heat map shows them."""

from __future__ import annotations

import numpy as np
import pytest
from made_trades import START, curve, marks

from models.performance.calendar_returns import calendar_returns
from models.performance.periods import DAY_S, SECOND


def stamps(*texts: str) -> list[int]:
    """Return UTC times in ns."""
    return [int(np.datetime64(text, "ns").astype(np.int64)) for text in texts]


def test_two_months_and_a_half_are_shown_by_month() -> None:
    """From mid-November to the end of January: the mark at midnight closes the month before."""
    ts = marks(78, DAY_S)  # to 2024-01-31 00:00
    equity = np.full(78, 100.0)
    equity[16:] = 110.0  # the mark of 2023-12-01 00:00 is November's last
    equity[17:] = 121.0
    found = calendar_returns(ts, equity, np.full(78, 5.0))
    assert found.period == "month"
    assert found.ts == stamps("2023-11-01", "2023-12-01", "2024-01-01")
    assert found.strategy == pytest.approx([0.1, 0.1, 0.0])
    assert found.benchmark == [0.0, 0.0, 0.0]


def test_days_and_hours_for_shorter_spans() -> None:
    """Three days by day, under three days by the hour."""
    days = calendar_returns(marks(73, 3_600), np.arange(100.0, 173.0), np.full(73, 1.0))
    assert (days.period, days.ts) == ("day", stamps("2023-11-15", "2023-11-16", "2023-11-17"))
    assert days.strategy == pytest.approx([124 / 100 - 1, 148 / 124 - 1, 172 / 148 - 1])
    hours = calendar_returns(marks(4, 1_800), np.array([1.0, 2.0, 4.0, 8.0]), np.full(4, 1.0))
    assert (hours.period, hours.ts) == ("hour", stamps("2023-11-15T00", "2023-11-15T01"))
    assert hours.strategy == [3.0, 1.0]


def test_compounded_they_give_the_total_return() -> None:
    """Whatever the marks."""
    rng = np.random.default_rng(9)
    ts = START + np.sort(rng.choice(40 * DAY_S, 500, replace=False)) * SECOND
    equity = curve(rng.normal(0, 0.01, 499))
    found = calendar_returns(ts, equity, equity)
    assert np.prod(1 + np.array(found.strategy)) == pytest.approx(equity[-1] / equity[0])


def test_a_single_mark_earned_nothing() -> None:
    """One hour, no return."""
    found = calendar_returns(marks(1, 60), np.array([5.0]), np.array([5.0]))
    assert found.strategy == [0.0]
