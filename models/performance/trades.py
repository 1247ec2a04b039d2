"""Closed round trips, and what they say about a strategy: how often it wins, how much, at what costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from models.performance.figures import Figures, ratio
from models.ticks import Bools, Floats


class Trade(NamedTuple):
    """One closed round trip of a long position; money is in the quote currency, times are UTC ns.

    ``fees`` and ``slippage`` are what both sides lost to them, so that the profit before costs is
    ``profit + fees + slippage``.
    """

    symbol: str
    opened_ts: int
    closed_ts: int
    qty: float
    entry_price: float
    exit_price: float
    profit: float  # net of both fees
    fees: float
    slippage: float
    notional: float  # of the entry
    model: str


def trade_figures(trades: Sequence[Trade]) -> Figures:
    """Return the figures of closed trades; None for what no trade, or none of the kind, can tell.

    A trade that earns exactly nothing is no hit. The profit factor is what the winners earned over what
    the losers lost, None where nothing was lost. The share of costs is fees and slippage over the profit
    before them, None where that is not above zero.
    """
    profit, fees, slippage = _column(trades, "profit"), _column(trades, "fees"), _column(trades, "slippage")
    before_costs = float(profit.sum() + fees.sum() + slippage.sum())
    costs = float(fees.sum() + slippage.sum())
    return {
        "trades": len(trades),
        "profit": float(profit.sum()),
        "fees": float(fees.sum()),
        "slippage": float(slippage.sum()),
        "hit_rate": _mean(profit > 0),
        "profit_factor": ratio(profit[profit > 0].sum(), -profit[profit < 0].sum()),
        "average_trade": _mean(profit),
        "average_trade_pct": _mean(100 * percent(trades)),
        "average_hold_s": ratio(
            sum(trade.closed_ts - trade.opened_ts for trade in trades) / 1e9, len(trades)
        ),
        "cost_share": ratio(costs, before_costs),
    }


def traded(trades: Sequence[Trade]) -> float:
    """Return the money that changed hands: each entry's notional and each exit's value."""
    return float((_column(trades, "notional") + _column(trades, "qty") * _column(trades, "exit_price")).sum())


def held_s(trades: Sequence[Trade], from_ts: int, to_ts: int, open_since: Sequence[int] = ()) -> float:
    """Return for how many seconds of the period there was a position, however many at once.

    ``open_since`` are the opening times of positions that are still open at the end.
    """
    spans = [(trade.opened_ts, trade.closed_ts) for trade in trades] + [(ts, to_ts) for ts in open_since]
    held, reached = 0, from_ts
    for begin, end in sorted(spans):
        held += max(0, min(end, to_ts) - max(begin, reached))
        reached = max(reached, end)
    return held / 1e9


def percent(trades: Sequence[Trade]) -> Floats:
    """Return each trade's profit as a share of its entry's notional, shape (trades,)."""
    return _column(trades, "profit") / _column(trades, "notional")


def _column(trades: Sequence[Trade], name: str) -> Floats:
    place = Trade._fields.index(name)
    return np.array([trade[place] for trade in trades], dtype=np.float64)


def _mean(values: Floats | Bools) -> float | None:
    return float(values.mean()) if len(values) else None
