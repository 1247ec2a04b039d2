"""The benchmark: what holding would have become, with the costs of one purchase."""

from __future__ import annotations

import numpy as np
import pytest
from made_trades import marks

from models.performance.benchmark import benchmark_figures, buy_and_hold

NAN = float("nan")


def test_everything_is_bought_at_the_first_price_and_never_sold() -> None:
    """1,000 at 100.2 (20 basis points over 100) are 9.98 pieces; the first mark is still money."""
    held = buy_and_hold(np.array([100.0, 110.0, 50.0]), 1_000.0, 20.0)
    assert held == pytest.approx([1_000.0, 1_000 / 100.2 * 110, 1_000 / 100.2 * 50], abs=1e-9)


def test_without_costs_it_is_the_price_itself() -> None:
    """Scaled to the money begun with."""
    prices = np.array([4.0, 5.0, 3.0, 8.0])
    assert buy_and_hold(prices, 100.0, 0.0).tolist() == [100.0, 125.0, 75.0, 200.0]


def test_several_symbols_share_the_money_and_wait_for_their_first_price() -> None:
    """Half in one that doubles, half in cash until the other has a price, which then halves."""
    prices = np.array([[10.0, NAN], [20.0, NAN], [20.0, 40.0], [20.0, 20.0]])
    assert buy_and_hold(prices, 100.0, 0.0).tolist() == [100.0, 150.0, 150.0, 125.0]


def test_a_symbol_without_any_price_stays_cash() -> None:
    """Nothing to buy."""
    assert buy_and_hold(np.array([NAN, NAN]), 100.0, 10.0).tolist() == [100.0, 100.0]


@pytest.mark.parametrize("bad", [0.0, -1.0, NAN])
def test_a_price_that_is_none_is_refused(bad: float) -> None:
    """A hole would read as a loss of everything."""
    with pytest.raises(ValueError, match="above zero"):
        buy_and_hold(np.array([1.0, bad, 1.0]), 100.0, 0.0)


def test_its_figures_are_those_of_one_purchase() -> None:
    """A day in minutes: always exposed, no closed trade, turned over once."""
    prices = np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.001, 1_441)))
    figures = benchmark_figures(marks(1_441, 60), buy_and_hold(prices, 500.0, 0.0))
    assert (figures["exposure"], figures["trades"], figures["hit_rate"]) == (1.0, 0, None)
    assert figures["total_return"] == pytest.approx(prices[-1] / prices[0] - 1)
    assert figures["turnover_per_day"] == pytest.approx(prices[0] / prices.mean())
