"""A capture file, whatever its format: its records in order, its main symbol, how far it has been read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Protocol, cast

from connectors.feed.errors import FeedError
from connectors.feed.files import (
    csv_trades,
    json_lines,
    json_list,
    parquet,
    receive_log,
    session_log,
    websocket_log,
)
from connectors.feed.files.recorded import Item, Recorded
from connectors.feed.files.source import Source
from connectors.feed.symbols import symbol_in_name

_LOOK = 1_000  # records in which the main symbol must turn up


class Format(Protocol):
    """What every reader module offers."""

    NAME: str

    def recognises(self, head: bytes) -> bool:
        """Return whether a file that begins like this is mine."""

    def records(self, source: Source, symbol: str | None) -> Iterator[Item]:
        """Yield the records in their order, None for each thing that is not part of the feed."""


# The first that recognises a file reads it; JSON lines would take any JSON.
FORMATS = cast(
    "tuple[Format, ...]",
    (parquet, websocket_log, session_log, receive_log, json_list, json_lines, csv_trades),
)


class Capture:
    """One recorded file. Iterating it yields its ``Recorded`` anew each time and counts what is ``ignored``.

    ``symbol`` names the rows of a table without a symbol column, and the main symbol of the file.
    """

    def __init__(self, path: Path, symbol: str | None = None) -> None:
        self.source = Source(path)
        self.path = path
        self.ignored = 0
        head = self.source.head()
        known = (f for f in FORMATS if f.recognises(head))
        self._format = next(known, None) or _unknown(path)
        self._given = symbol
        self.symbol = symbol or self._first_symbol() or symbol_in_name(path) or path.name

    @property
    def format(self) -> str:
        """The name of the format that was recognised."""
        return self._format.NAME

    @property
    def given(self) -> str | None:
        """The symbol that was given, not one that was found."""
        return self._given

    def __iter__(self) -> Iterator[Recorded]:
        self.ignored = 0
        for item in self._format.records(self.source, self._given):
            if item is None:
                self.ignored += 1
            else:
                yield item

    def _first_symbol(self) -> str | None:
        return next((record.key for record in islice(self, _LOOK) if record.key), None)


def _unknown(path: Path) -> Format:
    names = ", ".join(f.NAME for f in FORMATS)
    raise FeedError(f"{path}: is none of the known formats ({names})")
