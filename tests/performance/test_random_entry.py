"""The strategy's timing against chance: exact in small cases, uniform without an edge, found with one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest

from models.performance.random_entry import Leg, placed, random_entry
from models.ticks import Floats, Ints


def leg(prices: Floats, *trades: tuple[int, int], notional: float = 100.0) -> Leg:
    """Return a leg of trades given as (entry, exit)."""
    entries, exits = np.array(trades, dtype=np.int64).reshape(-1, 2).T
    return Leg(prices, entries, exits, np.full(len(trades), notional))


def walk(seed: int, n: int = 5_000, drift: float = 0.0) -> Floats:
    """Return a random walk of prices."""
    return 100 * np.exp(np.cumsum(np.random.default_rng([7, seed]).normal(drift, 0.0005, n)))


def coin(prices: Floats, rng: np.random.Generator, hold: int = 60) -> list[tuple[int, int]]:
    """Return trades that begin whenever a coin says so."""
    return held(np.flatnonzero(rng.random(len(prices)) < 0.005), len(prices), hold)


def momentum(prices: Floats, rng: np.random.Generator, hold: int = 60) -> list[tuple[int, int]]:
    """Return trades that begin after the price has risen a lot, as far as was known then."""
    risen = np.flatnonzero(prices[30:] / prices[:-30] > 1.005) + 30
    return held(risen, len(prices), hold)


def held(wished: Ints, n: int, hold: int) -> list[tuple[int, int]]:
    """Return the trades of a strategy that holds each for as long and has one at a time."""
    trades: list[tuple[int, int]] = []
    for entry in wished.tolist():
        if entry + hold < n and (not trades or entry >= trades[-1][1]):
            trades.append((entry, entry + hold))
    return trades


def test_one_trade_has_the_rank_of_its_place() -> None:
    """Held two of ten seconds there are nine places; only one of them earns as much."""
    prices = np.array([10.0, 11, 12, 11, 10, 9, 8, 9, 10, 11, 12])
    found = random_entry([leg(prices, (6, 8))], 0.0, seed=1, runs=9_000)
    assert found.p_value == pytest.approx(1 / 9, abs=0.01)
    assert found.better_than == pytest.approx(8 / 9, abs=0.01)
    assert found.strategy == pytest.approx(25.0)
    nine = np.array([prices[i + 2] / prices[i] - 1 for i in range(9)])
    assert found.random_mean == pytest.approx(100 * nine.mean(), abs=0.4)


def test_the_p_value_counts_the_strategy_among_the_runs() -> None:
    """A perfect strategy among a thousand has 1 / 1,001, never zero."""
    prices = 100 + np.zeros(10_000)
    prices[5_000:5_001] = 200.0
    found = random_entry([leg(prices, (4_999, 5_000))], 0.0, seed=1)
    assert found.p_value == pytest.approx((1 + round((1 - (found.better_than or 0)) * 1_000)) / 1_001)
    assert (found.runs, found.better_than) == (1_000, 1.0)


def test_in_a_market_that_only_rises_being_long_is_no_edge() -> None:
    """Every entry earns the same: all runs earn at least as much."""
    found = random_entry([leg(1.0001 ** np.arange(1_000.0), (10, 70), (100, 130))], 5.0, seed=1)
    assert (found.p_value, found.better_than) == (1.0, 0.0)


def test_costs_are_those_of_both_sides() -> None:
    """10 bps of 100 bought and of 110 sold: 10 - 0.1 - 0.11."""
    found = random_entry([leg(np.array([100.0, 110.0, 100.0]), (0, 1))], 10.0, seed=1, runs=10)
    assert found.strategy == pytest.approx(10 - 0.1 - 0.11)


def test_random_trades_are_of_the_same_kind_and_never_overlap() -> None:
    """The same holding times in any order, inside the prices, each begun after the last is over."""
    kinds, spare, n = np.array([5, 60, 0, 7, 300]), 628, 1_001
    entries, exits, which = placed(kinds, spare, 2_000, np.random.default_rng(1))
    assert np.array_equal(np.sort(which, axis=1), np.tile(np.arange(5), (2_000, 1)))
    assert np.array_equal(exits - entries, kinds[which])
    assert (entries[:, 1:] >= exits[:, :-1]).all()
    assert (entries.min(), exits.max()) == (0, n - 1)
    assert which[:, 0].mean() == pytest.approx(2, abs=0.1)  # any of them may be first


@pytest.mark.parametrize("strategy", [coin, momentum])
def test_without_an_edge_the_p_value_is_uniform(strategy: type[object]) -> None:
    """Two hundred markets without memory: a false alarm at 5 % is one in twenty (Kolmogorov-Smirnov)."""
    found = []
    for seed in range(200):
        prices = walk(seed)
        trades = strategy(prices, np.random.default_rng([8, seed]))
        if trades:
            found.append(random_entry([leg(prices, *trades)], 20.0, seed=seed, runs=200).p_value)
    assert len(found) > 150
    assert kstest(found, "uniform").pvalue > 0.01
    assert np.mean(np.array(found) <= 0.05) == pytest.approx(0.05, abs=0.035)


def test_a_drift_alone_is_not_taken_for_an_edge() -> None:
    """Coins in a market that doubles: as uniform as in one that goes nowhere."""
    found = []
    for seed in range(200):
        prices = walk(seed, drift=0.00014)
        trades = coin(prices, np.random.default_rng([9, seed]))
        found.append(random_entry([leg(prices, *trades)], 20.0, seed=seed, runs=200).p_value)
    assert kstest(found, "uniform").pvalue > 0.01


def test_a_planted_edge_is_found() -> None:
    """Who knows the next minute three times in four is told from chance in each of twenty markets."""
    found = []
    for seed in range(20):
        prices, rng = walk(seed, 20_000), np.random.default_rng([10, seed])
        rises = np.flatnonzero(prices[60:] > prices[:-60])
        falls = np.flatnonzero(prices[60:] <= prices[:-60])
        known = np.concatenate([rng.choice(rises, 150), rng.choice(falls, 50)])
        trades = held(np.sort(known), len(prices), 60)
        found.append(random_entry([leg(prices, *trades)], 20.0, seed=seed).p_value or 1.0)
    assert max(found) < 0.05


def test_several_symbols_are_judged_together() -> None:
    """A good trade in one, nothing but chance in the other."""
    up = np.full(2_000, 100.0)
    up[1_000:1_010] = 200.0
    legs = [leg(up, (999, 1_000)), leg(walk(1, 2_000), (0, 60), (500, 560))]
    found = random_entry(legs, 0.0, seed=4)
    assert (found.p_value or 1) < 0.02
    assert random_entry(legs, 0.0, seed=4) == found


@pytest.mark.parametrize(
    ("legs", "why"),
    [
        ([], "no trade to compare"),
        ([leg(walk(1, 100))], "no trade to compare"),
        ([leg(walk(1, 100), (0, 99))], "the trades leave no time for others"),
    ],
)
def test_where_nothing_can_be_compared_there_is_no_p_value(legs: list[Leg], why: str) -> None:
    """And the words say why."""
    found = random_entry(legs, 0.0, seed=1)
    assert (found.p_value, found.better_than, found.runs, found.why) == (None, None, 0, why)


@pytest.mark.parametrize("trades", [[(0, 10), (9, 20)], [(-1, 10)], [(90, 100)], [(20, 10)]])
def test_trades_that_overlap_or_lie_outside_are_refused(trades: list[tuple[int, int]]) -> None:
    """Places are from 0 to 99."""
    with pytest.raises(ValueError, match="inside the prices, in order"):
        random_entry([leg(walk(1, 100), *trades)], 0.0, seed=1)
