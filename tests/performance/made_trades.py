"""Trades and curves for the tests of performance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.performance.periods import SECOND
from models.performance.random_entry import Leg
from models.performance.trades import Trade
from models.ticks import Floats, Ints

START = 1_700_006_400 * SECOND
"""2023-11-15 00:00:00 UTC."""


def trade(profit: float, *, at_s: int = 0, held_s: int = 60, **other: float) -> Trade:
    """Return a round trip of 100 opened ``at_s`` seconds after ``START``, without costs unless given."""
    opened = START + at_s * SECOND
    exit_price = 100.0 + profit + other.get("fees", 0.0)
    fields = {"qty": 1.0, "entry_price": 100.0, "exit_price": exit_price, "profit": profit, "fees": 0.0}
    fields |= {"slippage": 0.0, "notional": 100.0, **other}
    return Trade("BTCUSDT", opened, opened + held_s * SECOND, **fields, model="made")


def marks(count: int, step_s: int) -> Ints:
    """Return times of ``count`` marks, one each ``step_s`` seconds from ``START``."""
    return START + np.arange(count, dtype=np.int64) * step_s * SECOND


def curve(returns: Floats, first: float = 1_000.0) -> Floats:
    """Return the equity that begins with ``first`` and earns each of the returns."""
    return np.concatenate([[first], first * np.cumprod(1.0 + returns)])


def leg_of(prices: Floats, first_second: int, trades: Sequence[Trade]) -> Leg:
    """Return the leg of trades on prices of each second from ``first_second`` on."""
    entries, exits = (
        np.array([ts // SECOND - 1 - first_second for ts in times], dtype=np.int64)
        for times in ([t.opened_ts for t in trades], [t.closed_ts for t in trades])
    )
    return Leg(prices, entries, exits, np.array([t.notional for t in trades], dtype=np.float64))
