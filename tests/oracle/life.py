"""One symbol of the reference: its trades by second, its closed seconds, the outcomes that matured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from models.spec import Spec
from models.ticks import Symbol
from oracle.features import Past, Second, Traded
from oracle.log import SECOND, Trade
from oracle.rows import Bar, Row


class Used(NamedTuple):
    """A trade that counts, with its whole lots."""

    trade: Trade
    lots: int


class Life:
    """A symbol from its first used trade until it expires."""

    def __init__(self, first: Trade) -> None:
        self.symbol: Symbol = first.symbol
        self.closed_to = self.newest = first.ts // SECOND
        self.first_price = first.price
        self.used: dict[int, list[Used]] = {}
        self.seconds: list[Second] = []
        self.rows: list[Row] = []
        self._price, self._side, self._last_ts = 0.0, 0, 0

    def holds(self, trade: Trade) -> bool:
        """Return whether a trade of that second and id counts already."""
        same = [u.trade.trade_id for u in self.used.get(trade.ts // SECOND, [])]
        return trade.trade_id != -1 and trade.trade_id in same

    def use(self, trade: Trade, lots: int) -> None:
        """Count a trade."""
        self.used.setdefault(trade.ts // SECOND, []).append(Used(trade, lots))
        self.newest = max(self.newest, trade.ts // SECOND)

    def close_to(self, end: int, offset: int, seq: int, spec: Spec) -> list[Row]:
        """Close all seconds below ``end`` and return their rows."""
        new = [self._close(number, offset, seq, spec) for number in range(self.closed_to, end)]
        self.closed_to = max(self.closed_to, end)
        return new

    def _close(self, number: int, offset: int, seq: int, spec: Spec) -> Row:
        used = self.used.get(number, [])
        sided = [self._sided(u) for u in used]
        self._last_ts = max([self._last_ts, *(u.trade.ts for u in used)])
        self.seconds.append(Second(number, self._price, sided))
        age = ((number + 1) * SECOND - self._last_ts) / SECOND
        past = Past(self.first_price, self.seconds, len(self.seconds))
        outcome, realised = self._outcome(age, spec)
        five = self._five(number) if (number + 1) % 5 == 0 else None
        row = Row(
            self.symbol, number, offset, seq, bar_of(used), five, self._price, age, past, outcome, realised
        )
        self.rows.append(row)
        return row

    def _sided(self, used: Used) -> Traded:
        # Lee and Ready: up-tick buy, down-tick sell, unchanged as the trade before
        trade = used.trade
        before = self._price or trade.price
        if trade.side:
            self._side = trade.side
        elif trade.price != before:
            self._side = 1 if trade.price > before else -1
        self._price = trade.price
        return Traded(trade.price, used.lots, self._side)

    def _five(self, number: int) -> Bar:
        return bar_of([u for second in range(number - 4, number + 1) for u in self.used.get(second, [])])

    def _outcome(self, age: float, spec: Spec) -> tuple[str, float | None]:
        if len(self.rows) < spec.horizon_s:
            return "unknown", None
        then = self.rows[-spec.horizon_s]
        if max(then.age, age) > spec.outcome_max_age_s:
            return "stale", None
        word = "up" if self._price > then.price else "down" if self._price < then.price else "tie"
        return word, math.log(self._price / then.price)


def bar_of(used: Sequence[Used]) -> Bar:
    """Return the bar of trades in log order."""
    prices = [u.trade.price for u in used]
    if not prices:
        return Bar(None, None, None, None, 0, 0)
    lots = sum(u.lots for u in used)
    return Bar(prices[0], max(prices), min(prices), prices[-1], lots, len(used))
