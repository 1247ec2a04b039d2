"""What Market hands on: closed rows as one block of columns, and everything else its input released."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.control.commands import Command
from models.desk.desk import Desk
from models.inputs import Cause, Genesis
from models.market.ledger import Books, Totals
from models.ticks import Bools, Floats, Ints, Reason, Symbol

UP, DOWN, TIE, STALE, UNKNOWN = 1, 0, -1, -2, -3
"""Outcome of the row one horizon earlier; UNKNOWN: the symbol was not known then."""


@dataclass(frozen=True, slots=True)
class BarColumns:
    """Open, high, low, close (NaN where nothing traded), volume in units, trades; one entry a row."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    count: Ints


@dataclass(frozen=True, slots=True)
class Block:
    """Closed seconds of symbols, ordered by (release, second, symbol code); n rows."""

    code: Ints
    second: Ints  # the closed second; the window ends one second later
    offset: Ints  # next tick offset after the record that released the row
    seq: int  # next journal sequence number, the same for all rows
    x: Floats  # (n, columns of schema.NAMES)
    price: Floats  # last trade, carried forward
    age: Floats  # seconds from the last trade to the window end
    bar: BarColumns
    ends_five: Bools
    five: BarColumns  # meaningful where ``ends_five``
    outcome: npt.NDArray[np.int8]  # of the prediction one horizon before this row
    realised: Floats  # log return over that horizon, NaN where UNKNOWN or STALE

    def __len__(self) -> int:
        return len(self.code)


class Reject(NamedTuple):
    """An item that did not become part of a bar, with its original bytes."""

    offset: int
    place: int
    reason: Reason
    detail: str
    symbol: str
    value: bytes


class Expired(NamedTuple):
    """A symbol's time to live passed: nothing more is published for it until it trades again."""

    code: int
    second: int  # the last second that was published
    offset: int
    limit_s: int  # its time to live; 0 where it moved to another shard


class Progress(NamedTuple):
    """Log time has closed every second below ``second``; the ledger's totals at that record."""

    second: int
    offset: int
    totals: Totals


@dataclass(frozen=True, slots=True)
class Closed:
    """Everything one input of a shard released, with the Desk in force."""

    desk: Desk
    cause: Cause
    names: list[str]  # display name by symbol code
    symbols: list[Symbol]
    block: Block | None = None
    rejects: tuple[Reject, ...] = ()
    expired: tuple[Expired, ...] = ()
    progress: tuple[Progress, ...] = ()
    command: Command | None = None
    refusal: str | None = None  # why the desk did not take the command, if so
    log_ts: int = 0
    ledger: Totals = field(default_factory=Totals)
    books: Books | None = None
    genesis: Genesis | None = None  # the shard's history begins with this, empty
