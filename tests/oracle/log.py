"""A shard's input as plain values: records with their items, clock beats, commands and news, in log order.

Both the reference and (turned into columns by ``oracle.stages``) the real stages are fed from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from models.control.commands import Command
from models.desk.news import News
from models.ticks import Reason, Symbol

SECOND = 1_000_000_000


class Trade(NamedTuple):
    """One trade of a record; ``side`` 1 buy, -1 sell, 0 unknown; ``trade_id`` -1 where there is none."""

    symbol: Symbol
    ts: int
    price: float
    qty: float
    side: int = 1
    trade_id: int = -1


class Skip(NamedTuple):
    """An item that carries no trade."""


class Bad(NamedTuple):
    """An item that could not be read."""

    reason: Reason = Reason.NOT_JSON
    detail: str = "made up"


Item = Trade | Skip | Bad


class Message(NamedTuple):
    """One record of the tick partition."""

    offset: int
    ts: int
    items: tuple[Item, ...]
    value: bytes | None

    def placed(self) -> Iterator[tuple[int, Item]]:
        """Yield items with their places; skipped ones take none (-1)."""
        place = 0
        for item in self.items:
            skip = isinstance(item, Skip)
            yield (-1 if skip else place), item
            place += not skip


class Pulse(NamedTuple):
    """A clock beat."""

    ts: int


class Order(NamedTuple):
    """A command taken in by the shard."""

    command: Command
    ts: int


class Told(NamedTuple):
    """News of a bundle; like a command, it moves no clock."""

    news: News
    ts: int = 0


Event = Message | Pulse | Order | Told
Log = Sequence[Event]


def messages(*lines: tuple[int, Sequence[Item]], first: int = 0) -> list[Message]:
    """Return records at consecutive offsets from ``(record timestamp, items)`` lines."""
    return [
        Message(offset, ts, tuple(items), f"record {offset}".encode())
        for offset, (ts, items) in enumerate(lines, first)
    ]
