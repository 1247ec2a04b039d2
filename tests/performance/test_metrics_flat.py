"""All figures under flat names: complete, finite, and absent where they cannot be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_trades import START, curve, marks, trade

from models.performance.figures import MEANINGS, finite, ratio
from models.performance.metrics import metrics
from models.performance.periods import DAY_S, SECOND
from models.performance.ratios import sharpe, sortino


def test_the_names_are_those_of_the_table_of_meanings() -> None:
    """What a report looks up is there, and nothing that it would not know."""
    assert set(metrics(marks(2, 60), np.array([100.0, 101.0]))) == set(MEANINGS)


def test_a_quarter_of_a_year_worked_out_by_hand() -> None:
    """73 days, each +1 % or, every second day, -0.5 %; two trades of 100, an hour and a day long."""
    returns = np.where(np.arange(73) % 2 == 0, 0.01, -0.005)
    trades = [trade(2.0, held_s=3_600), trade(-1.0, at_s=DAY_S, held_s=DAY_S)]
    figures = metrics(marks(74, DAY_S), curve(returns), trades)
    gain = 1.01**37 * 0.995**36 - 1
    mean, square = (37 * 0.01 - 36 * 0.005) / 73, (37 * 0.01**2 + 36 * 0.005**2) / 73
    deviation = math.sqrt((square - mean**2) * 73 / 72)
    assert figures["total_return"] == pytest.approx(gain, abs=1e-12)
    assert figures["annual_return"] == pytest.approx((1 + gain) ** 5 - 1, rel=1e-12)
    assert figures["sharpe"] == pytest.approx(mean / deviation * math.sqrt(365), rel=1e-9)
    assert figures["sortino"] == pytest.approx(
        mean / math.sqrt(36 * 0.005**2 / 73) * math.sqrt(365), rel=1e-9
    )
    assert figures["max_drawdown"] == pytest.approx(0.005, abs=1e-12)
    assert figures["calmar"] == pytest.approx(((1 + gain) ** 5 - 1) / 0.005, rel=1e-9)
    assert figures["value_at_risk_95"] == pytest.approx(0.005)
    assert (figures["max_drawdown_s"], figures["longest_drawdown_s"]) == (2 * DAY_S, 2 * DAY_S)
    assert figures["exposure"] == pytest.approx((3_600 + DAY_S) / (73 * DAY_S))
    assert figures["turnover_per_day"] == pytest.approx(401 / curve(returns).mean() / 73)
    assert (figures["period_s"], figures["periods"], figures["periods_per_year"]) == (DAY_S, 73, 365)


def test_equity_that_never_moves_has_no_ratio_and_no_fall() -> None:
    """No variance is no Sharpe ratio; no drawdown no Calmar ratio; nothing lost is a value at risk of 0."""
    figures = metrics(marks(41, DAY_S), np.full(41, 1_000.0))
    absent = {name for name, value in figures.items() if value is None}
    assert absent == {
        "sharpe", "sortino", "calmar", "hit_rate", "profit_factor", "average_trade", "average_trade_pct",
        "average_hold_s", "cost_share",
    }  # fmt: skip
    assert (figures["volatility"], figures["max_drawdown"], figures["value_at_risk_95"]) == (0.0, 0.0, 0.0)
    assert math.copysign(1.0, figures["value_at_risk_95"]) == 1.0


def test_the_rounding_of_a_steady_gain_is_no_variance() -> None:
    """The same return each day leaves differences in the sixteenth digit, which are not a risk."""
    steady = curve(np.full(400, 0.0003))
    returns = steady[1:] / steady[:-1] - 1
    assert returns.std() > 0
    assert sharpe(returns, 365) is None
    assert sortino(returns, 365) is None


def test_under_a_month_nothing_is_compounded_to_a_year() -> None:
    """29 days have no annual return; 30 days have one."""
    assert metrics(marks(30, DAY_S), curve(np.full(29, 0.01)))["annual_return"] is None
    assert metrics(marks(31, DAY_S), curve(np.full(30, 0.01)))["annual_return"] == pytest.approx(
        1.01**365 - 1, rel=1e-9
    )


def test_two_dozen_returns_are_the_least_that_say_something() -> None:
    """23 minutes have no Sharpe ratio, 24 have one."""
    wild = np.random.default_rng(1).normal(0, 0.01, 24)
    assert metrics(marks(24, 60), curve(wild[:23]))["sharpe"] is None
    assert metrics(marks(25, 60), curve(wild))["sharpe"] == pytest.approx(
        wild.mean() / wild.std(ddof=1) * math.sqrt(525_600), rel=1e-9
    )


def test_an_open_position_counts_in_exposure_and_turnover() -> None:
    """Half of a day in a position of 250, bought and not yet sold."""
    figures = metrics(marks(2, DAY_S), np.full(2, 500.0), (), [(START + DAY_S // 2 * SECOND, 250.0)])
    assert (figures["exposure"], figures["turnover_per_day"], figures["trades"]) == (0.5, 0.5, 0)


@given(
    st.lists(st.floats(1e-9, 1e12), min_size=1, max_size=60),
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(0, 1e3)), max_size=5),
    st.sampled_from([1, 60, 3_600, DAY_S]),
)
def test_no_figure_is_ever_infinite(
    equity: list[float], profits: list[tuple[float, float]], step_s: int
) -> None:
    """Whatever the curve and the trades: a number or None."""
    trades = [trade(profit, at_s=100 * i, fees=fees) for i, (profit, fees) in enumerate(profits)]
    figures = metrics(marks(len(equity), step_s), np.array(equity), trades)
    assert {
        name for name, value in figures.items() if value is not None and not math.isfinite(value)
    } == set()


def test_quotients_that_cannot_be_are_none() -> None:
    """By nothing, by less than nothing, and beyond the largest number."""
    assert ratio(1.0, 4.0) == 0.25
    assert [ratio(1.0, 0.0), ratio(1.0, -2.0), ratio(1e300, 1e-300), finite(math.nan)] == [None] * 4
