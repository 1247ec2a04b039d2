"""The columns in which trades travel: a batch of log records and the ticks decoded from them.

A *record* is one message of a tick topic's partition; it holds zero, one or many *ticks* (trades).
All arrays are parallel within their group, in log order; all times are int64 UTC nanoseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NO_ID = -1
"""``trade_id`` of a tick whose feed gives none; such a tick is never a duplicate."""

MAX_SYMBOL_LENGTH = 32
MAX_RECORD_BYTES = 1 << 20
"""A larger record is refused whole, before it is parsed."""


class Reason(StrEnum):
    """Why an item of the log did not become part of a bar; the ``reason`` header on ``dlq``."""

    NOT_JSON = "not_json"
    TOO_LARGE = "too_large"
    WRONG_SHAPE = "wrong_shape"
    BAD_SYMBOL = "bad_symbol"
    BAD_TIME = "bad_time"
    BAD_PRICE = "bad_price"
    BAD_QUANTITY = "bad_quantity"
    BAD_SIDE = "bad_side"
    BAD_TRADE_ID = "bad_trade_id"
    FUTURE = "future"
    LATE = "late"
    DUPLICATE = "duplicate"


class Symbol(NamedTuple):
    """An instrument on its venue; ``venue`` is empty where the feed names none."""

    venue: str
    name: str


@dataclass(frozen=True, slots=True)
class Ticks:
    """Well-formed trades of one batch, in log order; every array has length n."""

    record: Ints  # index of the record in its batch, non-decreasing
    place: Ints  # position of the tick inside its record, from 0
    symbol: Ints  # index into ``symbols``
    ts: Ints  # event time of the exchange
    price: Floats  # finite, > 0
    qty: Floats  # finite, > 0, in units of the base asset
    side: npt.NDArray[np.int8]  # aggressor: 1 buy, -1 sell, 0 unknown
    trade_id: Ints  # >= 0, or NO_ID
    symbols: tuple[Symbol, ...]  # table of the batch; no meaning outside of it

    def __len__(self) -> int:
        return len(self.record)


class Invalid(NamedTuple):
    """An item that could not be read as a tick."""

    record: int
    place: int  # position inside its record; 0 where the record as a whole is unreadable
    reason: Reason
    detail: str  # for people: what was wrong, at most 200 characters


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a codec makes of a list of record values. Items = ticks + skipped + invalid."""

    ticks: Ticks
    skipped: (
        Ints  # indices of records (repeated if several items) that carry no trade: depth, heartbeats, ...
    )
    invalid: tuple[Invalid, ...]  # ordered by (record, place)
