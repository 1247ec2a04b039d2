"""Orders by command: ``paper.order`` and ``paper.close``, which act on the active book alone.

A buy spends what was asked for, as far as cash and the largest position allow. A sell of 0, and a close, take
back a pending buy of the symbol and sell the whole position. What cannot be placed is told with its reason:
``guard`` where the symbol has no price or its name means several, ``insufficient_balance`` where there is
nothing to sell.
"""

from __future__ import annotations

from models.control.commands import Command
from models.desk.gate import BUY, SELL
from models.paper.bodies import Note, trade
from models.paper.costs import Costs
from models.paper.money import money_units
from models.paper.order import CLOSE, ORDER, Order
from models.paper.scene import Scene
from models.paper.trader import Trader
from models.paper.words import BALANCE, GUARD

COMMANDS = (ORDER, CLOSE)


class Operator:
    """Places the orders of people in a book."""

    def __init__(self, trader: Trader, costs: Costs) -> None:
        self._trader = trader
        self._costs = costs

    def take(self, scene: Scene, command: Command) -> list[Note]:
        """Carry out one of ``COMMANDS``."""
        name = str(command.args.get("symbol", ""))
        if command.cmd == CLOSE and not name:
            symbols = sorted(self._trader.book.taken())
            return [note for symbol in symbols for note in self._close(scene, command, symbol)]
        size = 0 if command.cmd == CLOSE else money_units(command.args["notional_usd"])
        if command.cmd == ORDER and command.args["side"] == "buy":
            return self._buy(scene, command, name, size)
        return self._sell(scene, command, name, size)

    def _buy(self, scene: Scene, command: Command, name: str, asked: int) -> list[Note]:
        known = scene.known_as(name)
        symbol, unclear = (known[0], "") if len(known) == 1 else (name, GUARD)
        late = scene.homes.get(symbol) in scene.behind
        why = self._trader.refusal(scene, symbol, BUY, None, unclear, late)
        size = 0 if why else self._trader.size(scene, symbol, asked)
        return self._place(
            scene, self._order(scene, command, symbol, BUY, size), why or ("" if size else BALANCE)
        )

    def _sell(self, scene: Scene, command: Command, name: str, size: int) -> list[Note]:
        taken = self._trader.book.taken()
        known = [symbol for symbol in scene.known_as(name) if symbol in taken]
        if len(known) == 1 and size == 0:
            return self._close(scene, command, known[0])
        symbol = known[0] if len(known) == 1 else name
        order = self._order(scene, command, symbol, SELL, size)
        why = self._trader.refusal(scene, symbol, SELL, None, GUARD if len(known) > 1 else "", late=False)
        return self._place(scene, order, why or ("" if symbol in self._trader.book.positions else BALANCE))

    def _close(self, scene: Scene, command: Command, symbol: str) -> list[Note]:
        """Leave a symbol: take back what would buy more of it, sell what is held."""
        book = self._trader.book
        order = self._order(scene, command, symbol, SELL, 0)
        why = self._trader.refusal(scene, symbol, SELL, None, "", late=False)
        if why:
            return self._place(scene, order, why)
        waiting = book.pending.get(symbol, ())
        found = self._trader.cancel(scene, [one for one in waiting if one.side == BUY], order.reason)
        leaving = any(one.side == SELL and one.size == 0 for one in waiting)
        if symbol in book.positions and not leaving:
            book.place(order)
        return found

    def _place(self, scene: Scene, order: Order, why: str) -> list[Note]:
        if why:
            return [trade(self._trader.of, scene.now, "blocked", order, why)]
        self._trader.book.place(order)
        return []

    def _order(self, scene: Scene, command: Command, symbol: str, side: int, size: int) -> Order:
        closes = side == SELL and size == 0
        reserved = self._trader.reserve(size) if side == BUY else 0
        return Order(
            symbol, side, command.cmd, "close" if closes else "order", None, scene.now,
            self._costs.earliest(scene.now), command.id, size, reserved, None, command.id,
        )  # fmt: skip
