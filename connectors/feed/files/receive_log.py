"""Receive logs: one JSON object per line, ``{"t":"recv","ts":<unix seconds>,"data":"<raw message>"}``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from connectors.feed.files.recorded import Item, Recorded
from connectors.feed.files.source import Source
from connectors.feed.symbols import symbol_of
from connectors.feed.times import nanoseconds

NAME = "receive log"
_SEEN_EARLY = re.compile(rb'^\{"t":"(?:header|http|connect|send|recv)",', re.MULTILINE)


class _Line(msgspec.Struct):
    t: str
    ts: Decimal | None = None  # a float would lose the nanoseconds
    data: str | None = None


def recognises(head: bytes) -> bool:
    """Return whether the first lines are those of such a log."""
    return _SEEN_EARLY.match(head) is not None


def records(source: Source, symbol: str | None) -> Iterator[Item]:
    """Yield what was received; what was sent, fetched or told about the session is not part of the feed."""
    decoder = msgspec.json.Decoder(_Line)
    for line in source.lines():
        yield _record(decoder, line)


def _record(decoder: msgspec.json.Decoder[_Line], line: bytes) -> Item:
    try:
        told = decoder.decode(line)
    except msgspec.MsgspecError:
        return None
    if told.t != "recv" or told.data is None:
        return None
    value = told.data.encode()
    return Recorded(nanoseconds(told.ts), symbol_of(value), value)
