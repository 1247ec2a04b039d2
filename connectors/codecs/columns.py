"""One trade a record, as typed structs and then as columns: how the batch path reads the fields of a trade.

Types and bounds are checked while the JSON is decoded, numbers in strings and ids a column at a time. The
rules are those of ``fields``; here they only say yes (``good``) or leave the record to it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import UNSET, UnsetType

from connectors.codecs import binance, fields
from connectors.codecs.items import FieldError
from models.ticks import NO_ID, Bools, Floats, Ints

_DIGITS = b"0123456789."
_BAD_ID = -2
_MS_END = fields.LATEST // 10**6
_US_START = fields.EARLIEST // 10**3
_SIDES = {"buy": 1, "sell": -1, None: 0}

Id = Annotated[int, msgspec.Meta(ge=0, le=fields.ID_LIMIT - 1)]
Number = Annotated[float, msgspec.Meta(gt=0)] | str


class Columns(NamedTuple):
    """Fields of n records, of which only those with ``good`` set may be used."""

    keys: list[tuple[str | None, str]]  # venue and name as the feed spells them
    ts: Ints
    price: Floats
    qty: Floats
    side: npt.NDArray[np.int8]
    trade_id: Ints
    good: Bools


class Canonical(msgspec.Struct, gc=False):
    """A canonical tick whose numbers need only be converted."""

    symbol: str
    ts: Annotated[int, msgspec.Meta(ge=fields.EARLIEST, lt=fields.LATEST)]
    price: Number
    qty: Number
    side: Literal["buy", "sell"] | None = None
    trade_id: Id | str | None = None
    exchange: str | None = None


class BinanceTrade(msgspec.Struct, gc=False):
    """A Binance ``trade`` or ``aggTrade``; ``a`` of a ``trade`` is an order's number and not used.

    Fields that must be absent (``UnsetType``) would make the record another message to the readers.
    """

    e: Literal["trade", "aggTrade"]
    s: str
    p: str
    q: str
    T: Annotated[int, msgspec.Meta(ge=fields.EARLIEST // 10**6, lt=fields.LATEST // 10**3)]
    m: bool
    t: Id = _BAD_ID
    a: Id = _BAD_ID
    X: Literal["MARKET"] = "MARKET"
    stream: UnsetType = UNSET
    price: UnsetType = UNSET
    qty: UnsetType = UNSET


class BinanceEnvelope(msgspec.Struct, gc=False):
    """A combined-stream message around one trade."""

    stream: str
    data: BinanceTrade
    price: UnsetType = UNSET
    qty: UnsetType = UNSET


def canonical_columns(rows: list[Canonical]) -> Columns:
    """Return the fields of canonical ticks."""
    price, qty = numbers([row.price for row in rows]), numbers([row.qty for row in rows])
    ids = _ids([row.trade_id for row in rows])
    return Columns(
        keys=[(row.exchange, row.symbol) for row in rows],
        ts=np.array([row.ts for row in rows], np.int64),
        price=price,
        qty=qty,
        side=np.array([_SIDES[row.side] for row in rows], np.int8),
        trade_id=ids,
        good=_usable(price) & _usable(qty) & (ids != _BAD_ID),
    )


def binance_columns(rows: list[BinanceTrade]) -> Columns:
    """Return the fields of Binance trades; a time is in ms, or in µs where its size says so."""
    price, qty = numbers([row.p for row in rows]), numbers([row.q for row in rows])
    ids = np.array([row.t if row.e == "trade" else row.a for row in rows], np.int64)
    times = np.array([row.T for row in rows], np.int64)
    good = _usable(price) & _usable(qty) & (ids != _BAD_ID)
    return Columns(
        keys=[(binance.VENUE, row.s) for row in rows],
        ts=times * np.where(times < _MS_END, 10**6, 10**3),
        price=price,
        qty=qty,
        side=np.where(np.array([row.m for row in rows], np.bool_), np.int8(-1), np.int8(1)),
        trade_id=ids,
        good=good & ((times < _MS_END) | (times >= _US_START)),
    )


def enveloped_columns(rows: list[BinanceEnvelope]) -> Columns:
    """Return the fields of the trades inside combined-stream messages."""
    return binance_columns([row.data for row in rows])


def _usable(values: Floats) -> Bools:
    return (values > 0) & (values < math.inf)  # false for NaN


def numbers(values: Sequence[float | str]) -> Floats:
    """Convert numbers and decimal strings to the nearest doubles; NaN where a string is no number."""
    kinds = set(map(type, values))
    if kinds == {float}:
        return np.array(values, np.float64)
    if kinds == {str} and not "".join(values).encode().translate(None, _DIGITS):  # type: ignore[arg-type]
        try:
            return np.fromiter(map(float, values), np.float64, len(values))
        except ValueError:
            pass  # "" or "1.2.3"
    return np.array([fields.decimal(v) if isinstance(v, str) else v for v in values], np.float64)


def _ids(values: Sequence[int | str | None]) -> Ints:
    if set(map(type, values)) != {int}:
        values = [_id(value) for value in values]
    return np.array(values, np.int64)


def _id(value: int | str | None) -> int:
    if value is None:
        return NO_ID
    try:
        return fields.trade_id(value)
    except FieldError:
        return _BAD_ID
