"""CSV of trades: with a header, or the headerless public dumps of Binance (trades and aggTrades)."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from connectors.feed.errors import FeedError
from connectors.feed.files.recorded import Item
from connectors.feed.files.rows import RowReader, meanings
from connectors.feed.files.source import Source
from connectors.feed.symbols import symbol_in_name

NAME = "CSV"
_TRADES = ("trade_id", "price", "qty", "quote_qty", "time", "is_buyer_maker", "is_best_match")
_AGG_TRADES = (
    "agg_trade_id",
    "price",
    "qty",
    "first_id",
    "last_id",
    "time",
    "is_buyer_maker",
    "is_best_match",
)


def recognises(head: bytes) -> bool:
    """Return whether the first line has columns that are known."""
    return _header(_cells(head)) is not None


def records(source: Source, symbol: str | None) -> Iterator[Item]:
    """Yield every row as a canonical tick with the digits of the file, as strings."""
    lines = (line.decode("utf-8-sig", "replace") for line in source.lines())
    head = Head(source, next(lines), symbol)
    yield None if head.names else head.reader(head.cells)
    yield from map(head.reader, csv.reader(lines, delimiter=head.delimiter, skipinitialspace=True))


class Head:
    """What the first line tells: the delimiter, the columns, and whether it names them.

    Raises ``FeedError`` where the columns are none that are known.
    """

    def __init__(self, source: Source, first: str, symbol: str | None) -> None:
        self.delimiter = _delimiter(first)
        self.cells = next(csv.reader([first], delimiter=self.delimiter))
        columns = _header(self.cells)
        if columns is None:
            raise FeedError(f"{source.path}: has no header, and {len(self.cells)} columns are no known dump")
        self.columns = columns
        self.names = columns is self.cells
        self.reader = RowReader(columns, symbol or symbol_in_name(source.path), source.path)


def _cells(head: bytes) -> list[str]:
    first = head.partition(b"\n")[0].decode("utf-8-sig", "replace").strip()
    return next(csv.reader([first], delimiter=_delimiter(first)), [])


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def _header(cells: list[str]) -> list[str] | tuple[str, ...] | None:
    # The columns: those of the header, which is then the same object, or those of a dump of this width.
    if {"price", "qty"} <= meanings(cells).keys():
        return cells
    if len(cells) in (6, 7) and cells[5].lower() in ("true", "false"):
        return _TRADES[: len(cells)]
    if len(cells) in (7, 8) and cells[6].lower() in ("true", "false"):
        return _AGG_TRADES[: len(cells)]
    return None
