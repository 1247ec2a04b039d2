"""Intervals of figures: what they are made of, and that they hold the truth about as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from made_trades import curve, marks, trade

from models.performance.bootstrap import intervals
from models.performance.drawdown import under_water
from models.performance.metrics import metrics
from models.performance.periods import DAY_S, Returns
from models.performance.ratios import sharpe
from models.performance.resample import resamples, twice
from models.ticks import Floats


def daily(values: Floats) -> Returns:
    """Return them as daily returns."""
    return Returns(DAY_S, marks(len(values) + 1, DAY_S)[1:], values)


def test_each_draw_is_a_history_with_figures_of_its_own() -> None:
    """The intervals are the percentiles of the figures of 200 resampled curves, made one by one."""
    values = np.random.default_rng(1).normal(0.001, 0.02, 150)
    found, made = intervals(daily(values), [], seed=9, draws=200)
    histories = [
        twice(values)[row] for places in resamples(150, made.mean_block or 0, 200, 9) for row in places
    ]
    each = {
        "sharpe": [sharpe(history, 365) for history in histories],
        "total_return": [curve(history)[-1] / 1_000 - 1 for history in histories],
        "max_drawdown": [-under_water(curve(history)).min() for history in histories],
    }
    assert found == {
        name: pytest.approx(np.quantile(np.array(figures), (0.025, 0.975)), rel=1e-9)
        for name, figures in each.items()
    }
    assert (made.draws, made.seed, made.level) == (200, 9, 0.95)


@pytest.mark.parametrize("phi", [0.0, 0.3])
def test_the_true_ratio_is_inside_about_as_often_as_said(phi: float) -> None:
    """Two hundred histories of 250 returns, also with memory: 95 % is said, 90 % to 98 % is kept."""
    memory = phi ** np.arange(20)
    true = 0.0005 / 0.01 * np.sqrt(1 - phi**2) * np.sqrt(365)
    inside = 0
    for seed in range(200):
        noise = np.random.default_rng([17, seed]).normal(0, 0.01, 250 + 19)
        values = 0.0005 + np.convolve(noise, memory, mode="valid")
        low, high = intervals(daily(values), [], seed=seed, draws=200)[0]["sharpe"]
        inside += low <= true <= high
    assert 0.90 <= inside / 200 <= 0.98


def test_forgetting_memory_would_make_the_interval_too_narrow() -> None:
    """Returns that go on as they went (phi 0.5) have a wider interval than the same ones shuffled."""
    noise = np.random.default_rng(5).normal(0, 0.01, 2_000)
    values = np.convolve(noise, 0.5 ** np.arange(12), mode="valid")
    shuffled = np.random.default_rng(6).permutation(values)
    wide, narrow = (intervals(daily(each), [], seed=1)[0]["sharpe"] for each in (values, shuffled))
    assert (wide[1] - wide[0]) / (narrow[1] - narrow[0]) == pytest.approx(np.sqrt(3), rel=0.25)


def test_the_hit_rate_has_the_interval_of_its_trades() -> None:
    """60 of 100, drawn independently: about 0.6 ± 0.096."""
    order = np.random.default_rng(2).permutation(100)
    trades = [trade(1.0 if order[i] < 60 else -1.0, at_s=100 * i) for i in range(100)]
    low, high = intervals(daily(np.zeros(1)), trades, seed=3)[0]["hit_rate"]
    assert (low, high) == (pytest.approx(0.504, abs=0.03), pytest.approx(0.696, abs=0.03))


def test_few_trades_and_nothing_but_winners_have_wilson_s_interval() -> None:
    """Ten of ten: n / (n + z²) to 1, not one to one."""
    trades = [trade(1.0, at_s=100 * i) for i in range(10)]
    low, high = intervals(daily(np.zeros(1)), trades, seed=3)[0]["hit_rate"]
    assert (low, high) == (pytest.approx(10 / (10 + 1.959964**2), rel=1e-6), pytest.approx(1.0))
    many = [trade(1.0, at_s=100 * i) for i in range(100)]
    assert intervals(daily(np.zeros(1)), many, seed=3)[0]["hit_rate"][0] == pytest.approx(100 / 103.841459)


def test_too_short_a_history_has_no_interval() -> None:
    """Nor a curve that never moves a ratio, though its return is surely nothing."""
    assert intervals(daily(np.full(23, 0.01)), [], seed=1)[0] == {}
    assert intervals(daily(np.zeros(50)), [], seed=1)[0] == {
        "total_return": (0.0, 0.0),
        "max_drawdown": (0.0, 0.0),
    }


def test_the_names_are_those_of_figures() -> None:
    """A report puts an interval next to its figure."""
    values = np.random.default_rng(1).normal(0.001, 0.02, 50)
    found, _ = intervals(daily(values), [trade(1.0)], seed=1, draws=50)
    assert set(found) < set(metrics(marks(2, 60), np.ones(2)))
