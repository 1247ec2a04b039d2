"""Websocket logs: ``<receive time in ns, us or ms> <raw message>`` per line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connectors.feed.files.recorded import Item, Recorded
from connectors.feed.files.source import Source
from connectors.feed.symbols import symbol_of
from connectors.feed.times import nanoseconds

NAME = "websocket log"
_LINE = re.compile(rb"(\d{19}|\d{16}|\d{13}) (.*)", re.DOTALL)


def recognises(head: bytes) -> bool:
    """Return whether the first line is a receive time and a JSON message."""
    return re.match(rb"(\d{19}|\d{16}|\d{13}) [\[{]", head) is not None


def records(source: Source, symbol: str | None) -> Iterator[Item]:
    """Yield every message as it was received; a line without a receive time is not one."""
    for line in source.lines():
        found = _LINE.fullmatch(line)
        yield Recorded(nanoseconds(int(found[1])), symbol_of(found[2]), found[2]) if found else None
