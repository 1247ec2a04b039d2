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
    try:
        table = pl.scan_parquet(source.path)
        schema = table.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FeedError(f"{source.path}: is no readable Parquet file ({error})") from error
    columns = list(schema)
    used = sorted(set(meanings(columns).values()))
    record = RowReader([columns[i] for i in used], symbol or symbol_in_name(source.path), source.path)
    exact = table.select(_exact(columns[i], schema[columns[i]]) for i in used)
    rows = table.select(pl.len()).collect().item()
    for start in range(0, rows, _ROWS):  # parts that fit into memory
        yield from map(record, exact.slice(start, _ROWS).collect().iter_rows())
        source.tell_share(min(start + _ROWS, rows) / rows)


def _exact(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        return column.dt.timestamp("ns")
    return column.cast(pl.String) if isinstance(dtype, pl.Decimal) else column
