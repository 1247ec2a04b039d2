"""Orders, fills and positions: what a book holds, as small plain values."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any, NamedTuple

SIGNAL, ORDER, CLOSE = "signal", "paper.order", "paper.close"
"""Where an order comes from."""


class Order(NamedTuple):
    """An order as it was placed; ``size`` is money: the most a buy may spend, what a sell is to bring in.

    A sell of size 0 sells the whole position. ``origin`` tells orders of one second apart.
    """

    symbol: str
    side: int
    source: str
    reason: str  # entry, exit, order or close
    model: str | None  # None where a command ordered it
    ordered_ts: int
    earliest: int  # the first second whose open may fill it
    origin: str
    size: int = 0
    reserved: int = 0  # cash kept back for a buy, its fee included
    signal_id: str | None = None
    command_id: str | None = None


class Trip(NamedTuple):
    """A position that was opened and is closed again, all its parts together."""

    symbol: str
    model: str
    bought: int  # notional of all its buys
    profit: int  # after all fees


class Fill(NamedTuple):
    """An order that was filled."""

    price: int
    qty: int
    notional: int
    fee: int
    slippage: int
    realised: int | None = None  # profit of the part that was sold, after the fees of both sides
    trip: Trip | None = None  # where the position is closed with it


@dataclass(slots=True)
class Position:
    """What is held of a symbol; ``cost`` is the notional paid for it, ``fees`` those of buying it."""

    qty: int
    cost: int
    fees: int
    bought: int
    profit: int
    model: str  # who opened it

    def as_list(self) -> list[Any]:
        """Return plain data; the quantity as text, since it may not fit 64 bits."""
        return [str(self.qty), *astuple(self)[1:]]

    @classmethod
    def from_list(cls, plain: list[Any]) -> Position:
        """Return the position that ``as_list`` described."""
        return cls(int(plain[0]), *plain[1:])
