"""A shard's records over a short, told story, for tests of what the judge makes of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from oracle.log import SECOND, Event, Item, Message, Order, Pulse, Skip, Trade
from oracle.stages import Line

from models.control.commands import Command
from models.desk.desk import Desk
from models.spec import Spec
from models.ticks import Symbol

START = 1_700_000_000
COIN, OTHER = Symbol("here", "COIN"), Symbol("there", "COIN")
MODELS = ("stub-sine", "ml-fusion", "constant-0.9")


def at(second: float) -> int:
    """Return a time so many seconds after the start."""
    return START * SECOND + round(second * 1_000) * 1_000_000


def after(ts: int) -> float:
    """Return how many seconds after the start a time is."""
    return ts / SECOND - START


def trade(second: float, price: float = 100.0, symbol: Symbol = COIN, trade_id: int = -1) -> Trade:
    """Return a trade of one unit."""
    return Trade(symbol, at(second), price, 1.0, 1, trade_id)


class Story:
    """A log that is told step by step, times in seconds after the start."""

    def __init__(self) -> None:
        self.log: list[Event] = []
        self._offset = 0

    def record(self, second: float, *items: Item, value: bytes = b"record") -> Story:
        """Add a record."""
        self.log.append(Message(self._offset, at(second), items or (Skip(),), value))
        self._offset += 1
        return self

    def trades(self, seconds: Iterable[float], prices: Mapping[float, float] | None = None) -> Story:
        """Add a record of one trade at each of these seconds."""
        for second in seconds:
            self.record(second, trade(second, (prices or {}).get(second, 100.0)))
        return self

    def beat(self, second: float) -> Story:
        """Add a beat."""
        self.log.append(Pulse(at(second)))
        return self

    def order(self, cmd: str, **args: Any) -> Story:
        """Add a command."""
        n = 1 + sum(isinstance(event, Order) for event in self.log)
        command = Command(id=f"c{n}", ts=at(0), actor="ops", n=n, role="admin", cmd=cmd, args=args)
        self.log.append(Order(command, at(0)))
        return self

    def told(self, spec: Spec | None = None, desk: Desk | None = None, cuts: Sequence[int] = ()) -> Line:
        """Return the stages after it."""
        return Line(spec or Spec(models=MODELS), desk or Desk(model="constant-0.9")).run(self.log, cuts)


def rising_and_falling(seconds: int) -> Story:
    """Return a story of one trade a second, the price going up for some and down for as many."""
    times = [k + 0.5 for k in range(seconds)]
    return Story().trades(times, {second: 100.0 + 5 * math.sin(second / 40) for second in times})
