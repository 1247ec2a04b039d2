"""Figures of closed trades, worked out by hand."""

from __future__ import annotations

import pytest
from made_trades import START, trade

from models.performance.periods import SECOND
from models.performance.trades import held_s, percent, trade_figures, traded

TRADES = [
    trade(3.0, at_s=0, held_s=60, fees=0.30, slippage=0.10),
    trade(-1.0, at_s=100, held_s=20, fees=0.30, slippage=0.10),
    trade(0.0, at_s=200, held_s=40, fees=0.30, slippage=0.10),
    trade(2.0, at_s=300, held_s=80, fees=0.30, slippage=0.10),
]


def test_a_table_of_four_trades() -> None:
    """Two of four win; winners earn 5, losers lose 1; costs are 1.6 of the 5.6 earned before them."""
    assert trade_figures(TRADES) == {
        "trades": 4,
        "profit": 4.0,
        "fees": 1.2,
        "slippage": 0.4,
        "hit_rate": 0.5,
        "profit_factor": 5.0,
        "average_trade": 1.0,
        "average_trade_pct": 1.0,
        "average_hold_s": 50.0,
        "cost_share": pytest.approx(1.6 / 5.6, abs=1e-15),
    }


def test_no_trade_is_no_rate() -> None:
    """Sums of nothing are zero; shares and means of nothing are not there."""
    figures = trade_figures([])
    assert {name for name, value in figures.items() if value is None} == {
        "hit_rate", "profit_factor", "average_trade", "average_trade_pct", "average_hold_s", "cost_share",
    }  # fmt: skip
    assert {name: value for name, value in figures.items() if value is not None} == {
        "trades": 0, "profit": 0.0, "fees": 0.0, "slippage": 0.0,
    }  # fmt: skip


def test_a_profit_factor_needs_a_loser_and_a_share_of_costs_something_earned() -> None:
    """An infinite ratio is none; costs cannot be a share of a loss."""
    assert trade_figures([trade(1.0)])["profit_factor"] is None
    assert trade_figures([trade(-1.0)])["profit_factor"] == 0.0
    assert trade_figures([trade(-5.0, fees=1.0)])["cost_share"] is None


def test_the_average_percentage_counts_each_trade_alike_and_the_average_money_does_not() -> None:
    """+1 on 100 and -1 on 1,000: nothing earned, though the mean percentage is (1 - 0.1) / 2."""
    trades = [trade(1.0), trade(-1.0, notional=1_000.0)]
    assert percent(trades).tolist() == [0.01, -0.001]
    assert trade_figures(trades)["average_trade"] == 0.0
    assert trade_figures(trades)["average_trade_pct"] == pytest.approx(0.45)


def test_money_changes_hands_twice_a_trade() -> None:
    """Bought for 100, sold for 103.3 (three earned, 0.3 paid in fees)."""
    assert traded(TRADES[:1]) == pytest.approx(203.3)
    assert traded([]) == 0.0


def test_time_in_a_position_counts_once_however_many_there_are() -> None:
    """[0, 60) and [40, 100) make 100 seconds; what lies outside the period counts for nothing."""
    both = [trade(0.0, at_s=40), trade(0.0, at_s=0)]
    assert held_s(both, START, START + 1_000 * SECOND) == 100.0
    assert held_s(both, START + 50 * SECOND, START + 90 * SECOND) == 40.0
    assert (
        held_s([trade(0.0, at_s=0, held_s=90), trade(0.0, at_s=10, held_s=20)], START, START + 90 * SECOND)
        == 90.0
    )


def test_a_position_still_open_counts_to_the_end() -> None:
    """Opened at second 900 of 1,000: a hundred seconds more."""
    assert held_s([trade(0.0)], START, START + 1_000 * SECOND, [START + 900 * SECOND]) == 160.0
