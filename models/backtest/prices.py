"""The prices of one symbol as a backtest needs them: of a fill in each second, and at each mark of equity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.backtest.decided import Decided
from models.performance.random_entry import Leg
from models.performance.trades import Trade
from models.spec import SECOND
from models.ticks import Floats, Ints

MINUTE_S = 60


class Prices:
    """Takes a symbol's rows in the order of time.

    Seconds without a row, between two lives of a symbol, take no room: there is no price to trade at then.
    """

    def __init__(self) -> None:
        self._count = 0
        self._next = 0  # the second behind the last row
        self._last = np.nan
        self._fills: list[Floats] = []
        self._begins: list[Ints] = []  # seconds from which on there is a row for each
        self._places: list[Ints] = []  # of their rows
        self._ends: list[Ints] = []  # of minutes, in seconds
        self._closes: list[Floats] = []

    def take(self, rows: Decided) -> None:
        """Take the next rows of the symbol."""
        if not len(rows):
            return
        fill = np.where(np.isnan(rows.open), rows.price, rows.open)
        fresh = np.flatnonzero(np.diff(rows.second, prepend=self._next - 1) != 1)
        if not self._count:
            fresh = np.union1d(fresh, [0])
            self._mark(rows.second[:1], fill[:1])
        self._begins.append(rows.second[fresh])
        self._places.append(fresh + self._count)
        self._fills.append(fill)
        self._count += len(rows)
        self._next, self._last = int(rows.second[-1]) + 1, float(rows.price[-1])
        at_end = (rows.second + 1) % MINUTE_S == 0
        self._mark(rows.second[at_end] + 1, rows.price[at_end])

    def leg(self, trades: Sequence[Trade]) -> Leg:
        """Return what a fill in each second pays before costs, and the places of these trades in it."""
        ordered = sorted(trades, key=lambda trade: (trade.opened_ts, trade.closed_ts))
        return Leg(
            np.concatenate(self._fills) if self._fills else np.empty(0),
            self._place_of([trade.opened_ts for trade in ordered]),
            self._place_of([trade.closed_ts for trade in ordered]),
            np.array([trade.notional for trade in ordered], dtype=np.float64),
        )

    def at(self, ts: Ints) -> Floats:
        """Return the last price at each of these times (ns), NaN before the first."""
        if not self._fills:
            return np.full(len(ts), np.nan)
        ends = np.concatenate([*self._ends, [self._next]])
        closes = np.concatenate([*self._closes, [self._last]])
        place = np.searchsorted(ends, ts // SECOND, side="right") - 1
        return np.where(place >= 0, closes[place.clip(min=0)], np.nan)

    def _place_of(self, ts: Sequence[int]) -> Ints:
        """Return the places of the seconds that end at these times."""
        second = np.array(ts, dtype=np.int64) // SECOND - 1
        if not self._fills:
            return second
        begins, places = np.concatenate(self._begins), np.concatenate(self._places)
        life = np.searchsorted(begins, second, side="right") - 1
        return np.asarray(places[life] + second - begins[life])

    def _mark(self, ends: Ints, closes: Floats) -> None:
        self._ends.append(ends)
        self._closes.append(closes)
