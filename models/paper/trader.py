"""One book at work: words and commands become orders or reasons why not, opens become fills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.desk.gate import BUY, HOLD, SELL
from models.judge.records import record_id
from models.paper.bodies import Note, account, trade
from models.paper.costs import Costs
from models.paper.look import Concerns
from models.paper.money import UNIT, WORTH
from models.paper.order import SIGNAL, Order
from models.paper.scene import Scene, full_name
from models.paper.standing import Standing
from models.paper.words import (
    ADVISORY,
    BALANCE,
    BEHIND,
    CANARY,
    DAILY_LOSS,
    GUARD,
    HALTED,
    KILLED,
    MAX_OPEN,
    Word,
)
from models.spec import SECOND

ACTIVE, CHALLENGER = "active", "challenger"
_REASONS = {BUY: "entry", SELL: "exit"}


class Trader:
    """The stage of one book; every method returns the records it gives rise to, in order."""

    def __init__(
        self, name: str, costs: Costs, horizon_s: int, saved: Mapping[str, Any] | None = None
    ) -> None:
        kept = saved or {}
        self._costs = costs
        self._horizon_s = horizon_s
        self.of = Standing(name, costs, kept)
        self.book = self.of.book
        # by symbol, the run of equal words that came to no order: what is wanted, and why not
        self.runs: dict[str, tuple[int, str]] = {
            s: (wanted, why) for s, (wanted, why) in kept.get("runs", {}).items()
        }
        self._alarm: float | None = None  # None: look closely at the next second
        self._cash = 0.0
        self._held: list[tuple[str, float]] = []

    @property
    def concerns(self) -> Concerns:
        """Return the symbols of which this book has something."""
        return Concerns(self.book.pending, self.book.positions, self.runs)

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as plain data."""
        return self.of.snapshot() | {"runs": {symbol: list(run) for symbol, run in self.runs.items()}}

    def hear(self, scene: Scene, word: Word) -> list[Note]:
        """Take in a model's word; a reason why not is told once in a run of equal words."""
        symbol, wanted = word.symbol, word.wanted
        if wanted == HOLD or not self._open_to(symbol, wanted):
            self.runs.pop(symbol, None)
            return []
        why = self.refusal(scene, symbol, wanted, word.model, word.refused, word.late)
        size = self.size(scene, symbol, None) if wanted == BUY and not why else 0
        if wanted == BUY and not why and not size:
            why = BALANCE
        if why and self.runs.get(symbol) == (wanted, why):
            return []
        order = self._order(scene, word, size)
        if not why:
            self.runs.pop(symbol, None)
            self.book.place(order)
            return []
        self.runs[symbol] = (wanted, why)
        return [trade(self.of, scene.now, "blocked", order, why)]

    def _open_to(self, symbol: str, wanted: int) -> bool:
        """Return whether a word could become an order: a buy from flat, a sell of what is held."""
        if wanted == BUY:
            return symbol not in self.book.positions and symbol not in self.book.pending
        return symbol in self.book.positions and not self.book.selling(symbol)

    def refusal(
        self, scene: Scene, symbol: str, side: int, model: str | None, refused: str, late: bool
    ) -> str:
        """Return why an order must not be placed, the first reason that applies; "" where none does."""
        entry = side == BUY
        by_signal = model is not None
        reasons = (
            (KILLED, refused == KILLED or ((entry or by_signal) and scene.killed(symbol, model))),
            (HALTED, scene.desk.halted),
            (GUARD, refused == GUARD),
            (ADVISORY, refused == ADVISORY),
            (CANARY, refused == CANARY),
            (BEHIND, entry and late),
            (DAILY_LOSS, entry and self.of.day.reached),
            (MAX_OPEN, entry and self._full(scene, symbol)),
        )
        return next((reason for reason, applies in reasons if applies), "")

    def _full(self, scene: Scene, symbol: str) -> bool:
        limit = scene.limits.positions
        if limit is None:
            return False
        taken = self.book.taken()
        return symbol not in taken and len(taken) >= limit

    def size(self, scene: Scene, symbol: str, asked: int | None) -> int:
        """Return the money for an entry, 0 where it is too little; ``asked`` replaces the share of equity."""
        book, costs, limit = self.book, self._costs, scene.limits.position
        size = min(
            costs.share(book.equity(scene.price_of)) if asked is None else asked,
            costs.affordable(book.cash - book.reserved),
        )
        if limit is not None:
            size = min(size, limit - book.committed(symbol))
        return size if size >= costs.smallest else 0

    def _order(self, scene: Scene, word: Word, size: int) -> Order:
        ends = (word.second + 1) * SECOND
        signal = None
        if self.of.name == ACTIVE:
            signal = record_id("signal", full_name(word.symbol), ends, self._horizon_s)
        return Order(
            word.symbol, word.wanted, SIGNAL, _REASONS[word.wanted], word.model, scene.now,
            self._costs.earliest(scene.now), str(ends), size, self.reserve(size), signal,
        )  # fmt: skip

    def reserve(self, size: int) -> int:
        """Return the cash to keep back for a buy of that size."""
        return size + self._costs.fee(size)

    def fill(self, scene: Scene, symbol: str, second: int, opened: int) -> list[Note]:
        """Fill what waits for the open of a symbol's bar at ``second``."""
        due = [order for order in self.book.pending.get(symbol, ()) if order.earliest <= second]
        return [note for order in due for note in self._fill(scene, order, opened)]

    def _fill(self, scene: Scene, order: Order, opened: int) -> list[Note]:
        held = self.book.positions.get(order.symbol)
        opener = held.model if held else order.model or order.source
        fill = self.book.fill(order, opened)
        if fill is None:
            return [trade(self.of, scene.now, "cancelled", order, BALANCE)]
        scene.prices.setdefault(order.symbol, opened / WORTH)
        self.of.tally.count(order.symbol, opener, fill)
        self.of.curve.mark(self.book.equity(scene.price_of))
        self._alarm = None
        told = trade(self.of, scene.now, "fill", order, order.reason, fill)
        return [told, account(self.of, self._costs, scene, "fill", told.body["id"])]

    def cancel(self, scene: Scene, orders: list[Order], reason: str) -> list[Note]:
        """Withdraw pending orders."""
        for order in orders:
            self.book.withdraw(order)
        return [trade(self.of, scene.now, "cancelled", order, reason) for order in orders]

    def obey(self, scene: Scene) -> list[Note]:
        """Withdraw what the desk no longer allows: everything under a halt, killed entries under a kill."""
        self._alarm = None
        if scene.desk.halted:
            return self.cancel(scene, self.book.orders(), HALTED)
        entries = [order for order in self.book.orders() if order.side == BUY]
        killed = [
            order
            for order in entries
            if scene.killed(order.symbol, order.model) or order.model in scene.killed_bundles
        ]
        return self.cancel(scene, killed, KILLED)

    def uneasy(self, scene: Scene) -> bool:
        """Return whether a rough sum says that the daily loss limit may be near."""
        if self._alarm is None:
            return True
        rough, prices = self._cash, scene.prices
        for symbol, qty in self._held:
            rough += qty * prices[symbol]
        return rough <= self._alarm

    def check(self, scene: Scene) -> list[Note]:
        """Look for the daily loss limit exactly."""
        found = self.of.day.check(self.book.equity(scene.price_of), scene.limits.loss)
        self._alarm = self.of.day.alarm(scene.limits.loss)
        self._cash = self.book.cash / UNIT
        self._held = [(symbol, held.qty / UNIT) for symbol, held in self.book.positions.items()]
        return [account(self.of, self._costs, scene, event) for event in found]

    def mark(self, scene: Scene, minute: int, new_day: bool) -> list[Note]:
        """Mark the equity at a minute since the epoch, the first of a new day or not."""
        equity = self.book.equity(scene.price_of)
        if new_day:
            self.of.day.begin(equity)
            self._alarm = None
        self.of.curve.minute(minute, equity)
        return [account(self.of, self._costs, scene, "minute")]
