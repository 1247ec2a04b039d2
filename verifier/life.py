"""One symbol from its first used trade until it expires: open seconds, closed seconds, last price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from verifier.fields import NO_ID, Trade
from verifier.rules import SECOND

_FIVE = 5
_MOST_LOTS = 1 << 54


class Bar(NamedTuple):
    """Prices (None where nothing traded), quantity in lots, and the number of trades."""

    open: float | None = None
    high: float | None = None
    low: float | None = None
    close: float | None = None
    lots: int = 0
    trades: int = 0


class Closed(NamedTuple):
    """A closed second; ``price`` is the last trade's and ``age`` its age at the end, in seconds."""

    second: int
    bar: Bar
    five: Bar | None
    """The bar of five seconds, where one ends with this second."""
    price: float
    age: float
    bar_age: float
    """Seconds since the end of the last bar of five seconds with a trade, 0 while it goes on."""


@dataclass(slots=True)
class _Open:
    """The used trades of a second that is still open, in log order."""

    prices: list[float] = field(default_factory=list)
    lots: int = 0
    last_ts: int = 0
    ids: set[int] = field(default_factory=set)


class Life:
    """The symbol's seconds; all below ``closed_to`` are closed."""

    def __init__(self, first: Trade, ttl_s: int) -> None:
        self.ttl_s = ttl_s
        self.closed_to = self.newest = first.ts // SECOND
        self._open: dict[int, _Open] = {}
        self._last: list[Bar] = []  # of the last five closed seconds
        self._price = first.price
        self._last_ts = 0

    def holds(self, trade: Trade) -> bool:
        """Return whether an open second has a trade with this id already."""
        second = self._open.get(trade.ts // SECOND)
        return trade.trade_id != NO_ID and second is not None and trade.trade_id in second.ids

    def use(self, trade: Trade, lots: int) -> None:
        """Count a trade of an open second."""
        number = trade.ts // SECOND
        second = self._open.setdefault(number, _Open())
        second.prices.append(trade.price)
        second.lots += lots
        second.last_ts = max(second.last_ts, trade.ts)
        second.ids.add(trade.trade_id)
        self.newest = max(self.newest, number)

    def close_to(self, end: int) -> list[Closed]:
        """Close all seconds below ``end`` and return them."""
        rows = [self._close(number) for number in range(self.closed_to, end)]
        self.closed_to = max(self.closed_to, end)
        return rows

    def _close(self, number: int) -> Closed:
        bar = Bar()
        traded = self._open.pop(number, None)
        if traded is not None:
            bar = _bar(traded)
            self._price, self._last_ts = traded.prices[-1], traded.last_ts
        self._last = [*self._last[-4:], bar]
        five = _joined(self._last) if (number + 1) % _FIVE == 0 else None
        age = ((number + 1) * SECOND - self._last_ts) / SECOND
        bar_end = (self._last_ts // SECOND // _FIVE + 1) * _FIVE
        bar_age = float(max(number + 1 - bar_end, 0))
        return Closed(number, bar, five, self._price, age, bar_age)


def _bar(traded: _Open) -> Bar:
    prices = traded.prices
    lots = min(traded.lots, _MOST_LOTS)
    return Bar(prices[0], max(prices), min(prices), prices[-1], lots, len(prices))


def _joined(bars: Sequence[Bar]) -> Bar:
    """Return the bar over several seconds."""
    traded = [bar for bar in bars if bar.trades]
    if not traded:
        return Bar()
    return Bar(
        open=traded[0].open,
        high=max(bar.high for bar in traded if bar.high is not None),
        low=min(bar.low for bar in traded if bar.low is not None),
        close=traded[-1].close,
        lots=sum(bar.lots for bar in traded),
        trades=sum(bar.trades for bar in traded),
    )
