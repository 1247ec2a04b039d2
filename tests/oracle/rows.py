"""What the reference says a log releases."""

from __future__ import annotations

from typing import NamedTuple

from models.ticks import Symbol
from oracle.features import Past


class Bar(NamedTuple):
    """Prices, exact quantity in lots, trades; prices are None where nothing traded."""

    open: float | None
    high: float | None
    low: float | None
    close: float | None
    lots: int
    trades: int


class Row(NamedTuple):
    """A closed second of a symbol."""

    symbol: Symbol
    second: int
    offset: int  # next tick offset after the releasing record
    seq: int
    bar: Bar
    five: Bar | None  # where a five-second bar ends
    price: float
    age: float
    past: Past  # for the features, which are computed on demand
    outcome: str  # up, down, tie, stale, unknown
    realised: float | None


class Verdict(NamedTuple):
    """What became of one item."""

    offset: int
    place: int  # -1 for a skipped item
    what: str  # used, skipped, or the dead letter's reason
    value: bytes


class Expiry(NamedTuple):
    """A symbol's last published second and the offset after the record that let it expire."""

    symbol: Symbol
    second: int
    offset: int
    seq: int


class Closing(NamedTuple):
    """Log time closed all seconds below ``second``; ``books`` are those of the records before."""

    second: int
    offset: int
    seq: int
    books: tuple[int, int, int, int, int]  # used, skipped, late, duplicate, invalid
