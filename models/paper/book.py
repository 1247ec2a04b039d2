"""Cash, positions and pending orders of one book, in whole units: nothing appears and nothing vanishes.

After every step ``cash + cost of positions + fees = start + gross``, where ``gross`` is what sales brought in
above the cost of what they sold, before fees.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from models.desk.gate import BUY, SELL
from models.paper.costs import Costs, worth
from models.paper.money import WORTH, ceiling
from models.paper.order import Fill, Order, Position, Trip


class Book:
    """Holdings by symbol; what is pending is kept in the order in which it was placed."""

    def __init__(self, costs: Costs, saved: Mapping[str, Any] | None = None) -> None:
        kept = saved or {}
        self._costs = costs
        self.cash: int = kept.get("cash", costs.start)
        self.fees: int = kept.get("fees", 0)
        self.gross: int = kept.get("gross", 0)
        self.positions = {s: Position.from_list(p) for s, p in kept.get("positions", {}).items()}
        orders = kept.get("pending", {}).items()
        self.pending: dict[str, list[Order]] = {s: [Order(*one) for one in found] for s, found in orders}
        self.reserved = sum(order.reserved for order in self.orders())

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as plain data."""
        return {
            "cash": self.cash,
            "fees": self.fees,
            "gross": self.gross,
            "positions": {symbol: position.as_list() for symbol, position in self.positions.items()},
            "pending": {symbol: [list(one) for one in found] for symbol, found in self.pending.items()},
        }

    def orders(self) -> list[Order]:
        """Return what is pending, by symbol and in the order of placing."""
        return [order for symbol in sorted(self.pending) for order in self.pending[symbol]]

    def selling(self, symbol: str) -> bool:
        """Return whether a sell of the symbol is pending."""
        return any(order.side == SELL for order in self.pending.get(symbol, ()))

    def taken(self) -> set[str]:
        """Return the symbols that are held or about to be bought."""
        entering = {o.symbol for orders in self.pending.values() for o in orders if o.side == BUY}
        return entering | self.positions.keys()

    def committed(self, symbol: str) -> int:
        """Return what is in a symbol already: the cost of its position and the size of pending buys."""
        held = self.positions.get(symbol)
        buys = (order.size for order in self.pending.get(symbol, ()) if order.side == BUY)
        return sum(buys, held.cost if held else 0)

    def equity(self, price_of: Callable[[str], int]) -> int:
        """Return cash and what the positions are worth at these prices."""
        return self.cash + sum(worth(held.qty, price_of(s)) for s, held in self.positions.items())

    def place(self, order: Order) -> None:
        """Let an order wait for the market, its money kept back."""
        self.pending.setdefault(order.symbol, []).append(order)
        self.reserved += order.reserved

    def withdraw(self, order: Order) -> None:
        """Let an order wait no longer."""
        waiting = self.pending[order.symbol]
        waiting.remove(order)
        self.reserved -= order.reserved
        if not waiting:
            del self.pending[order.symbol]

    def fill(self, order: Order, opened: int) -> Fill | None:
        """Fill a pending order at an open price; None where there is nothing to buy with, or to sell."""
        self.withdraw(order)
        price = self._costs.fill_price(order.side, opened)
        if price <= 0:
            return None
        return self._buy(order, opened, price) if order.side == BUY else self._sell(order, opened, price)

    def _buy(self, order: Order, opened: int, price: int) -> Fill | None:
        qty = order.size * WORTH // price
        if qty == 0:
            return None
        notional = ceiling(qty * price, WORTH)
        fee = self._costs.fee(notional)
        held = self.positions.setdefault(order.symbol, Position(0, 0, 0, 0, 0, order.model or order.source))
        held.qty += qty
        held.cost += notional
        held.bought += notional
        held.fees += fee
        self.cash -= notional + fee
        self.fees += fee
        return Fill(price, qty, notional, fee, ceiling(qty * (price - opened), WORTH))

    def _sell(self, order: Order, opened: int, price: int) -> Fill | None:
        held = self.positions.get(order.symbol)
        if held is None:
            return None
        qty = min(held.qty, order.size * WORTH // price) if order.size else held.qty
        if qty == 0:
            return None
        notional = worth(qty, price)
        fee = self._costs.fee(notional)
        cost, entry_fees = held.cost * qty // held.qty, held.fees * qty // held.qty
        realised = notional - cost - fee - entry_fees
        held.qty -= qty
        held.cost -= cost
        held.fees -= entry_fees
        held.profit += realised
        self.cash += notional - fee
        self.fees += fee
        self.gross += notional - cost
        trip = self._closed(order.symbol, held)
        return Fill(price, qty, notional, fee, ceiling(qty * (opened - price), WORTH), realised, trip)

    def _closed(self, symbol: str, held: Position) -> Trip | None:
        if held.qty:
            return None
        del self.positions[symbol]
        return Trip(symbol, held.model, held.bought, held.profit)
