"""Buying and holding: what the same money would have become without any signal."""

from __future__ import annotations

import numpy as np

from models.performance.figures import Figures
from models.performance.metrics import metrics
from models.ticks import Floats, Ints


def buy_and_hold(prices: Floats, start_balance: float, cost_bps: float) -> Floats:
    """Return the equity (n,) of buying everything at the first price and never selling.

    ``prices`` (n,) stand at the marks of the strategy; with several symbols (n, symbols), and each gets an
    equal part of the money, which stays cash until that symbol's first price (NaN before it). ``cost_bps``
    is what the purchase costs one way, fee and slippage, in basis points of the price. The first mark is
    the money before the purchase, so that its costs are part of the first return. Raises ``ValueError``
    for a price that is not above zero, or is missing after the first.
    """
    columns = prices.reshape(len(prices), -1)
    share = start_balance / columns.shape[1]
    return np.asarray(sum(_held(column, share, cost_bps) for column in columns.T))


def benchmark_figures(ts: Ints, equity: Floats) -> Figures:
    """Return the figures of having bought at the first mark: one purchase, no closed trade."""
    return metrics(ts, equity, open_positions=[(int(ts[0]), float(equity[0]))])


def _held(price: Floats, money: float, cost_bps: float) -> Floats:
    known = np.flatnonzero(np.isfinite(price))
    if not len(known):
        return np.full(len(price), money)
    first = int(known[0])
    if not np.all(price[first:] > 0):
        raise ValueError("prices must be above zero, and there at every mark after the first")
    bought = money / (price[first] * (1 + cost_bps / 10_000))
    return np.concatenate([np.full(first + 1, money), bought * price[first + 1 :]])
