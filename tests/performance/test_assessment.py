"""One call for all: each part is that of its own function, on the same walk, with the same seed and costs."""

from __future__ import annotations

import numpy as np
from made_trades import START, curve, leg_of, marks, trade

from models.performance.assessment import Walk, assess
from models.performance.benchmark import benchmark_figures, buy_and_hold
from models.performance.caveats import caveats
from models.performance.metrics import metrics
from models.performance.periods import DAY_S, SECOND
from models.performance.random_entry import random_entry

RNG = np.random.default_rng(11)
TS = marks(1_441, 60)
EQUITY = curve(RNG.normal(0.00002, 0.0005, 1_440))
TRADES = [trade(0.4, at_s=3_000 * i + 1, held_s=900) for i in range(28)]
SECONDS = 100 * np.exp(np.cumsum(RNG.normal(0, 0.0001, DAY_S)))
PRICES = np.append(SECONDS[::60], SECONDS[-1])
OPEN = [(START + 80_000 * SECOND, 50.0)]


def test_every_part_is_that_of_its_own_function() -> None:
    """The figures, the market's, chance's, and the words about them."""
    legs = [leg_of(SECONDS, START // SECOND, TRADES)]
    found = assess(Walk(TS, EQUITY, TRADES, OPEN), PRICES, legs, cost_bps=20, seed=5)
    held = buy_and_hold(PRICES, 1_000.0, 20)
    assert found.metrics == metrics(TS, EQUITY, TRADES, OPEN)
    assert found.benchmark == benchmark_figures(TS, held)
    assert found.significance == random_entry(legs, 20, seed=5)
    assert found.gate.strategy_sharpe == found.metrics["sharpe"]
    assert found.gate.benchmark_sharpe == found.benchmark["sharpe"]
    assert found.caveats == caveats(found.metrics, None, 1)
    assert found.trades == TRADES
    assert (found.equity.ts, found.equity.benchmark) == (TS.tolist(), held.tolist())
    assert (found.returns.period, len(found.returns.ts)) == ("hour", 24)


def test_grades_are_given_to_the_figures_they_are_named_after() -> None:
    """Every trade won 0.4 %: an excellent hit rate, an average trade on target."""
    legs = [leg_of(SECONDS, START // SECOND, TRADES)]
    found = assess(Walk(TS, EQUITY, TRADES), PRICES, legs, cost_bps=20, seed=5)
    assert (found.grades["win_rate"], found.grades["average_trade_pct"]) == ("excellent", "target")
    assert found.grades["max_drawdown"] == "excellent"


def test_an_interval_holds_its_figure() -> None:
    """Of ratio and return; of the whole day in minutes."""
    found = assess(Walk(TS, EQUITY, ()), PRICES, [], cost_bps=20, seed=5)
    for name in ("sharpe", "total_return"):
        low, high = found.intervals[name]
        assert low < (found.metrics[name] or 0) < high
    assert found.significance.why == "no trade to compare"
