"""Parquet tables of trades."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from connectors.feed.errors import FeedError
from connectors.feed.files.recorded import Item
from connectors.feed.files.rows import RowReader, meanings
from connectors.feed.files.source import Source
from connectors.feed.symbols import symbol_in_name

NAME = "Parquet"
_ROWS = 50_000


def recognises(head: bytes) -> bool:
    """Return whether the content carries Parquet's mark."""
    return head[:4] == b"PAR1"


def records(source: Source, symbol: str | None) -> Iterator[Item]:
    """Yield every row as a canonical tick; floats in the shortest form that reads back as the same float."""
    reader, frames = table(source, symbol)
    for frame in frames:
        yield from map(reader, frame.iter_rows())


def table(source: Source, symbol: str | None) -> tuple[RowReader, Iterator[pl.DataFrame]]:
    """Return what reads a row, and the rows in parts that fit into memory: the columns that mean something.

    Raises ``FeedError`` where it is no table of trades.
    """
    try:
        whole = pl.scan_parquet(source.path)
        schema = whole.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FeedError(f"{source.path}: is no readable Parquet file ({error})") from error
    columns = list(schema)
    used = sorted(set(meanings(columns).values()))
    reader = RowReader([columns[i] for i in used], symbol or symbol_in_name(source.path), source.path)
    return reader, _parts(whole.select(_exact(columns[i], schema[columns[i]]) for i in used), source)


def _parts(exact: pl.LazyFrame, source: Source) -> Iterator[pl.DataFrame]:
    rows = exact.select(pl.len()).collect().item()
    for start in range(0, rows, _ROWS):
        yield exact.slice(start, _ROWS).collect()
        source.tell_share(min(start + _ROWS, rows) / rows)


def _exact(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        return column.dt.timestamp("ns")
    return column.cast(pl.String) if isinstance(dtype, pl.Decimal) else column
