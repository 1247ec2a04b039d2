"""Session logs: ``<receive time in unix seconds>: <raw message>`` per line, among lines about the session."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connectors.feed.files.recorded import Item, Recorded
from connectors.feed.files.source import Source
from connectors.feed.symbols import symbol_of
from connectors.feed.times import nanoseconds

NAME = "session log"
_LINE = re.compile(rb"(\d{9,10}(?:\.\d{1,9})?): (.*)", re.DOTALL)
_SEEN_EARLY = re.compile(rb"^\d{9,10}(?:\.\d{1,9})?: [\[{]", re.MULTILINE)


def recognises(head: bytes) -> bool:
    """Return whether one of the first lines is a receive time, a colon and a JSON message."""
    return _SEEN_EARLY.search(head) is not None


def records(source: Source, symbol: str | None) -> Iterator[Item]:
    """Yield every received message; connections, requests and configuration are not messages."""
    for line in source.lines():
        found = _LINE.fullmatch(line)
        yield Recorded(nanoseconds(found[1].decode()), symbol_of(found[2]), found[2]) if found else None
