"""Published signals and progress as the paper account reads them: the few fields that it needs, typed."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from models.desk.gate import BUY, HOLD, SELL
from models.paper.inputs import Quote
from models.spec import SECOND

_CODES = {"SELL": SELL, "HOLD": HOLD, "BUY": BUY}


class _Shadow(msgspec.Struct):
    model: str
    wanted: str


class _Signal(msgspec.Struct):
    symbol: str
    venue: str
    ts: int
    wanted: str
    model: str
    reason: str
    price: float
    open: float | None
    shadow: _Shadow | None
    ordinal: int


class Progress(msgspec.Struct):
    """Every second below ``second`` is closed; ``signals`` is an ordinal behind all of their signals."""

    second: int
    signals: int


class Quoted(NamedTuple):
    """A signal: its place on the topic, the second it closes, and what it says."""

    ordinal: int
    second: int
    quote: Quote


_signal = msgspec.json.Decoder(_Signal)
_progress = msgspec.json.Decoder(Progress)


def read_signal(value: bytes) -> Quoted:
    """Return the signal in a record; raise ``msgspec.ValidationError`` where it is none."""
    s = _signal.decode(value)
    plain = s.symbol.rpartition(":")[2]
    quote = Quote(
        symbol=f"{s.venue}:{plain}" if s.venue else plain,
        price=s.price,
        open=s.open,
        wanted=_CODES[s.wanted],
        reason=s.reason,
        model=s.model,
        challenger=s.shadow.model if s.shadow else "",
        challenger_wanted=_CODES[s.shadow.wanted] if s.shadow else HOLD,
    )
    return Quoted(s.ordinal, s.ts // SECOND - 1, quote)


def read_progress(value: bytes) -> Progress:
    """Return the progress in a record; raise ``msgspec.ValidationError`` where it is none."""
    return _progress.decode(value)
