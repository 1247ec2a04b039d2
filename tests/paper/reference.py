"""The account once more, as plainly as it can be said: decimal numbers, every rule every second."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from typing import Any

from models.control.commands import Command
from models.inputs import Genesis, Taken
from models.paper.inputs import AccountInput, Quote, Second, ShardBehind

SIGNAL_SECONDS = 60
PLACES = Decimal("0.00000001")
SMALLEST = Fraction(1)

Row = tuple[Any, ...]


def rounded(value: Fraction, how: str, places: Decimal = PLACES) -> Fraction:
    """Return a fraction rounded to decimal places."""
    with localcontext() as context:
        context.prec = 80
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return Fraction(exact.quantize(places, how))


def exact(price: float) -> Fraction:
    """Return the decimal number that a float prints as, to twelve places."""
    return rounded(Fraction(repr(price)), ROUND_HALF_EVEN, Decimal("0.000000000001"))


@dataclass
class Wait:
    """An order that waits."""

    symbol: str
    buy: bool
    source: str
    reason: str
    model: str | None
    at: int  # ns
    money: Fraction | None  # None: the whole position


@dataclass
class Holding:
    """What is held of a symbol."""

    qty: Fraction = Fraction(0)
    cost: Fraction = Fraction(0)
    fees: Fraction = Fraction(0)


@dataclass
class Side:
    """One book."""

    name: str
    cash: Fraction = Fraction(1000)
    holdings: dict[str, Holding] = field(default_factory=dict)
    waits: list[Wait] = field(default_factory=list)
    last: dict[str, tuple[bool, str]] = field(default_factory=dict)
    day_opened: Fraction = Fraction(1000)
    lost: bool = False


class Reference:
    """Takes the account's inputs and keeps what it would publish on ``trades``, as tuples."""

    def __init__(self, latency_ms: int = 250) -> None:
        self.latency = latency_ms * 1_000_000
        self.rows: list[Row] = []
        self.now, self.begun = 0, False
        self.prices: dict[str, Fraction] = {}
        self.homes: dict[str, str] = {}
        self.behind: set[str] = set()
        self.killed: set[str] = set()
        self.halted = False
        self.flags: dict[str, Any] = {}
        self.active, self.challenger = Side("active"), Side("challenger")

    def take(self, one: AccountInput) -> None:
        """Take one input in."""
        if isinstance(one, Genesis):
            self.flags = dict(one.desk.flags)
        elif isinstance(one, ShardBehind):
            (self.behind.add if one.behind else self.behind.discard)(one.shard)
        elif isinstance(one, Taken):
            self.now = self.now if self.begun else one.ts
            self._command(one.command)
        else:
            self._second(one)

    # seconds

    def _second(self, second: Second) -> None:
        if self.begun and second.second // 86_400 > (self.now // 10**9) // 86_400:
            self._midnight()  # it went by without a second of its own
        self.begun, self.now = True, (second.second + 1) * 10**9
        for frame in second.frames:
            for quote in frame.quotes:
                self.prices[quote.symbol] = exact(quote.price)
                self.homes[quote.symbol] = frame.shard
        quotes = sorted(
            (
                (f.second, q.symbol, q, f.late or f.shard in self.behind)
                for f in second.frames
                for q in f.quotes
            ),
            key=lambda found: found[:2],
        )
        for at, _, quote, _ in quotes:
            for side in (self.active, self.challenger):
                self._fill(side, at, quote)
        if self.now % (86_400 * 10**9) == 0:
            self._midnight()
        for side in (self.active, self.challenger):
            if self._equity(side) - side.day_opened <= Fraction(str(self.flags["max_daily_loss"])):
                side.lost = True
        for at, _, quote, late in quotes:
            wanted = 0 if quote.reason == "confid_floor" else quote.wanted
            self._word(self.active, quote, wanted, quote.model, late)
            self._word(self.challenger, quote, quote.challenger_wanted, quote.challenger, late)
            assert at <= second.second

    def _midnight(self) -> None:
        for side in (self.active, self.challenger):
            side.day_opened, side.lost = self._equity(side), False

    def _fill(self, side: Side, at: int, quote: Quote) -> None:
        due = [w for w in side.waits if w.symbol == quote.symbol and at * 10**9 >= w.at + self.latency]
        if quote.open is None:
            return
        for wait in due:
            side.waits.remove(wait)
            opened = exact(quote.open)
            slip = Fraction(5, 10_000)
            price = rounded(
                opened * (1 + slip if wait.buy else 1 - slip), ROUND_HALF_EVEN, Decimal("0.000000000001")
            )
            held = side.holdings.get(quote.symbol, Holding())
            qty = held.qty if wait.money is None else rounded(wait.money / price, ROUND_FLOOR)
            if not wait.buy:
                qty = min(qty, held.qty)
            if qty == 0:
                self._tell(side, "cancelled", wait, "insufficient_balance")
                continue
            notional = rounded(qty * price, ROUND_CEILING if wait.buy else ROUND_FLOOR)
            fee = rounded(notional * Fraction(15, 10_000), ROUND_CEILING)
            realised = None
            if wait.buy:
                held = Holding(held.qty + qty, held.cost + notional, held.fees + fee)
                side.cash -= notional + fee
            else:
                cost, fees = (rounded(x * qty / held.qty, ROUND_FLOOR) for x in (held.cost, held.fees))
                realised = notional - cost - fee - fees
                held = Holding(held.qty - qty, held.cost - cost, held.fees - fees)
                side.cash += notional - fee
            side.holdings[quote.symbol] = held
            if held.qty == 0:
                del side.holdings[quote.symbol]
            self._tell(side, "fill", wait, wait.reason, price, qty, notional, fee, realised)

    def _equity(self, side: Side) -> Fraction:
        return side.cash + sum(rounded(h.qty * self.prices[s], ROUND_FLOOR) for s, h in side.holdings.items())

    def _word(self, side: Side, quote: Quote, wanted: int, model: str, late: bool) -> None:
        symbol, buy = quote.symbol, wanted > 0
        waiting = [wait for wait in side.waits if wait.symbol == symbol]
        free_to = (
            not waiting and symbol not in side.holdings
            if buy
            else (symbol in side.holdings and all(wait.buy for wait in waiting))
        )
        if wanted == 0 or not free_to:
            side.last.pop(symbol, None)
            return
        why, size = self._signal_why(side, quote, buy, model, late)
        if not why:
            side.last.pop(symbol, None)
            reason = "entry" if buy else "exit"
            side.waits.append(Wait(symbol, buy, "signal", reason, model, self.now, size if buy else None))
        elif side.last.get(symbol) != (buy, why):
            side.last[symbol] = (buy, why)
            self._tell(side, "blocked", Wait(symbol, buy, "signal", "", model, self.now, None), why)

    def _signal_why(
        self, side: Side, quote: Quote, buy: bool, model: str, late: bool
    ) -> tuple[str, Fraction]:
        gate = quote.reason
        names = {"all", f"symbol:{quote.symbol}", f"model:{model}"}
        if gate == "killed" or names & self.killed:
            return "killed", SMALLEST
        if self.halted:
            return "halted", SMALLEST
        if gate == "guard":
            return "guard", SMALLEST
        if gate == "fallback" or (side is self.active and gate in ("rollout_bucket", "preview")):
            return "advisory", SMALLEST
        if side is self.active and gate == "canary_symbol":
            return "canary_symbol", SMALLEST
        return self._entry_why(side, quote.symbol, late, None) if buy else ("", SMALLEST)

    def _entry_why(self, side: Side, symbol: str, late: bool, asked: Fraction | None) -> tuple[str, Fraction]:
        if late:
            return "shard_behind", SMALLEST
        if side.lost:
            return "daily_loss_limit", SMALLEST
        taken = {w.symbol for w in side.waits if w.buy} | set(side.holdings)
        if symbol not in taken and len(taken) >= self.flags["max_open_positions"]:
            return "max_open_positions", SMALLEST
        buys = [w for w in side.waits if w.buy]
        free = side.cash - sum(
            (w.money or 0) + rounded((w.money or Fraction(0)) * Fraction(15, 10_000), ROUND_CEILING)
            for w in buys
        )
        in_it = sum((w.money or 0 for w in buys if w.symbol == symbol), Fraction(0))
        in_it += side.holdings[symbol].cost if symbol in side.holdings else 0
        most = Fraction(str(self.flags["max_position_size_usd"])) - in_it
        wish = rounded(self._equity(side) / 10, ROUND_FLOOR) if asked is None else asked
        size = min(wish, most, rounded(free / Fraction(10_015, 10_000), ROUND_FLOOR))
        return ("", size) if size >= SMALLEST else ("insufficient_balance", size)

    # commands

    def _command(self, command: Command) -> None:
        if command.cmd == "kill":
            self.killed.add(command.scope)
        elif command.cmd == "unkill":
            self.killed.discard(command.scope)
        elif command.cmd in ("halt", "resume"):
            self.halted = command.cmd == "halt"
        elif command.cmd == "flag.set":
            self.flags[command.args["key"]] = command.args["value"]
        for side in (self.active, self.challenger):
            for wait in sorted(side.waits, key=lambda wait: wait.symbol):
                names = {"all", f"symbol:{wait.symbol}", f"model:{wait.model}"}
                if self.halted or (wait.buy and names & self.killed):
                    side.waits.remove(wait)
                    self._tell(side, "cancelled", wait, "halted" if self.halted else "killed")
        if command.cmd == "paper.order":
            money = Fraction(str(command.args["notional_usd"]))
            self._order(command.args["symbol"], command.args["side"] == "buy", money)
        elif command.cmd == "paper.close":
            side = self.active
            taken = {w.symbol for w in side.waits if w.buy} | set(side.holdings)
            for symbol in [command.args["symbol"]] if "symbol" in command.args else sorted(taken):
                self._order(symbol, False, Fraction(0), "paper.close")

    def _order(self, symbol: str, buy: bool, money: Fraction, source: str = "paper.order") -> None:
        side = self.active
        all_of_it = not buy and money == 0
        order = Wait(symbol, buy, source, "close" if all_of_it else "order", None, self.now, money)
        order.money = None if all_of_it else money
        waiting = [w for w in side.waits if w.symbol == symbol]
        if buy and {"all", f"symbol:{symbol}"} & self.killed:
            return self._tell(side, "blocked", order, "killed")
        if self.halted:
            return self._tell(side, "blocked", order, "halted")
        if buy and symbol not in self.prices:
            return self._tell(side, "blocked", order, "guard")
        if buy:
            why, size = self._entry_why(side, symbol, self.homes[symbol] in self.behind, money)
            order.money = size
            return self._tell(side, "blocked", order, why) if why else side.waits.append(order)
        if all_of_it:
            for wait in [w for w in waiting if w.buy]:
                side.waits.remove(wait)
                self._tell(side, "cancelled", wait, "close")
        if symbol in side.holdings:
            if not (all_of_it and any(not w.buy and w.money is None for w in waiting)):
                side.waits.append(order)
        elif not (all_of_it and any(w.buy for w in waiting)):
            self._tell(side, "blocked", order, "insufficient_balance")
        return None

    def _tell(self, side: Side, event: str, wait: Wait, reason: str, *fill: Fraction | None) -> None:
        held = side.holdings.get(wait.symbol, Holding()).qty
        numbers = fill or (None,) * 5
        self.rows.append((
            side.name, event, wait.symbol, self.now, "BUY" if wait.buy else "SELL", wait.source, reason,
            wait.model, *numbers, side.cash, held,
        ))  # fmt: skip
