"""What the market path releases: closed seconds, ended lives, moves of log time, refused items."""

from __future__ import annotations

from typing import NamedTuple

from verifier.fields import Trade
from verifier.life import Closed, Life
from verifier.log import Record


class Symbol:
    """An instrument from its first credible trade on."""

    def __init__(self, number: int, trade: Trade, taken: set[str]) -> None:
        self.number = number  # by order of appearance
        self.venue, self.plain = trade.venue, trade.name
        self.qualified = f"{trade.venue}:{trade.name}"
        self.name = trade.name if trade.name not in taken else self.qualified
        self.units = 10.0 ** next((n for floor, n in _UNITS if trade.price >= floor), 0)  # lots in one unit
        self.life: Life | None = None


_UNITS = ((1.0, 8), (1e-2, 6), (1e-6, 4))
"""Decimal digits of a lot by the first price, from which price on."""


class Row(NamedTuple):
    """A symbol's second closed."""

    symbol: Symbol
    closed: Closed


class Expired(NamedTuple):
    """A symbol did not trade for its time to live; ``second`` was its last."""

    symbol: Symbol
    second: int
    limit_s: int


class Moved(NamedTuple):
    """Log time closed all seconds below ``second``; ``books`` count the items of all records before."""

    second: int
    books: dict[str, int]


class Rejected(NamedTuple):
    """An item that became part of no bar; ``symbol`` is empty where it could not be read."""

    record: Record
    place: int
    reason: str
    symbol: str


Event = Row | Expired | Moved | Rejected
