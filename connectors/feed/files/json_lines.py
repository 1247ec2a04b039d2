"""JSON lines: one canonical tick, raw exchange message or array of ticks per line, without receive times."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connectors.feed.files.recorded import Item, Recorded
from connectors.feed.files.source import Source
from connectors.feed.symbols import symbol_of
from connectors.feed.times import event_time

NAME = "JSON lines"


def recognises(head: bytes) -> bool:
    """Return whether the content begins like JSON."""
    return re.match(rb"\s*(?:\{\s*\"|\[\s*[\[{])", head) is not None


def records(source: Source, symbol: str | None) -> Iterator[Item]:
    """Yield every line untouched, at the event time of its first tick."""
    for line in source.lines():
        yield Recorded(event_time(line), symbol_of(line), line)
