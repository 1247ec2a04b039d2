"""One-second bars: open, high, low, close and sums of a closed second's ticks.

Sums are over integers (lots, counts) or run in log order, so equal ticks give equal bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.market.pending import Trades
from models.ticks import Bools, Floats, Ints

LOT_LIMIT = float(1 << 53)
"""Most lots in one tick; below it every lot count is exact in a double."""

_BAR_LIMIT = 1 << 54
"""A bar's lots are capped here, so that a 300-bar sum fits an int64 with room to spare."""


_LEAST_PRICE, _MOST_PRICE = 1e-18, 1e18


def plausible(price: Floats) -> Bools:
    """Return which prices are from 1e-18 to 1e18; others could make a feature overflow."""
    return np.asarray((price >= _LEAST_PRICE) & (price <= _MOST_PRICE))


def lot_digits(price: Floats) -> Ints:
    """Return the decimal digits of a symbol's lot from its first price.

    One lot is ``10**-digits`` units. Cheap units trade in large, round quantities, dear ones in fine
    fractions; the bands keep both exact and keep sums far from overflow.
    """
    return np.select([price >= 1.0, price >= 1e-2, price >= 1e-6], [8, 6, 4], 0).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars of seconds that had ticks, ordered by (code, second); parallel columns."""

    code: Ints
    second: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    lots: Ints
    signed: Ints  # bought minus sold lots
    notional: Floats  # sum of price * lots
    count: Ints
    last_ts: Ints  # event time of the newest tick, ns
    sign: Ints  # of the last tick, carried by the tick rule

    def __len__(self) -> int:
        return len(self.code)

    @staticmethod
    def none() -> Bars:
        """Return no bars."""
        i, f = np.empty(0, dtype=np.int64), np.empty(0)
        return Bars(i, i, f, f, f, f, i, i, f, i, i, i)


def aggregate(ticks: Trades, last_price: Floats, last_sign: Ints) -> Bars:
    """Build the bars of closed seconds from all of their ticks, at least one.

    ``last_price`` and ``last_sign`` (by code) are those of the trade before; they let the tick rule give a
    side where the feed has none (Lee & Ready 1991: up-tick buy, down-tick sell, unchanged as before).
    """
    order = np.lexsort((ticks.second, ticks.code))  # stable: log order inside a second
    t = ticks.where(order)
    start = np.flatnonzero(np.diff(t.code, prepend=-1) | np.diff(t.second, prepend=-1))
    end = np.append(start[1:], len(t)) - 1
    bar = np.cumsum(np.bincount(start, minlength=len(t))) - 1
    side = _tick_rule(t, last_price, last_sign)
    return Bars(
        code=t.code[start],
        second=t.second[start],
        open=t.price[start],
        high=np.maximum.reduceat(t.price, start),
        low=np.minimum.reduceat(t.price, start),
        close=t.price[end],
        lots=_capped_sums(t.lots, start, bar),
        signed=_capped_sums(t.lots * side, start, bar),
        notional=np.bincount(bar, weights=t.price * t.lots, minlength=len(start)).astype(np.float64),
        count=end - start + 1,
        last_ts=np.maximum.reduceat(t.ts, start),
        sign=side[end],
    )


def _capped_sums(lots: Ints, start: Ints, bar: Ints) -> Ints:
    """Return the sum of each bar; the sums in doubles tell which would not fit an int64."""
    rough = np.bincount(bar, weights=lots)
    exact = np.add.reduceat(lots, start).clip(-_BAR_LIMIT, _BAR_LIMIT)
    return np.where(np.abs(rough) < _BAR_LIMIT, exact, np.copysign(_BAR_LIMIT, rough)).astype(np.int64)


def _tick_rule(t: Trades, last_price: Floats, last_sign: Ints) -> Ints:
    """Return the aggressor of each tick: as the feed says, else by the move from the trade before."""
    if (t.side != 0).all():
        return t.side
    first = np.diff(t.code, prepend=-1) != 0
    before = np.where(first, last_price[t.code], np.roll(t.price, 1))
    known = np.where(t.side != 0, t.side, np.sign(t.price - np.where(before > 0, before, t.price)))
    known = known.astype(np.int64)
    known[first & (known == 0)] = last_sign[t.code[first & (known == 0)]]
    marks = np.where((known != 0) | first, np.arange(len(t)), 0)
    return known[np.maximum.accumulate(marks)]
