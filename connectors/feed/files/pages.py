"""Plain tables of trades as columns, a page at a time, without a detour over the text of each row.

Only tables in which every row plainly is one good trade of one symbol can be read so; the readers of rows and
the codec decide what is one. ``NotPlain`` says that a table is another, and has to be read row by row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt
import polars as pl

from connectors.codecs.fields import EARLIEST, LATEST
from connectors.feed.files import csv_trades, parquet
from connectors.feed.files.capture import Capture
from connectors.feed.files.rows import SIDE_OF_MAKER, SIDES, RowReader
from connectors.feed.times import SECOND
from models.ticks import NO_ID, Floats, Ints

PIECE_BYTES = 8 << 20
_NUMBER = r"^[0-9]+(\.[0-9]+)?$"
_DIGITS = r"^[0-9]{1,18}$"


class NotPlain(Exception):  # noqa: N818  a finding, not a fault
    """The table has to be read row by row."""


class Values(Sequence[bytes | None]):
    """The canonical tick of each row, made when it is asked for."""

    def __init__(self, frame: pl.DataFrame, reader: RowReader) -> None:
        self._frame = frame
        self._reader = reader

    def __len__(self) -> int:
        return len(self._frame)

    @property
    def columns(self) -> object:
        """Names and types of what the values are made of."""
        return self._frame.schema

    def __add__(self, other: Values) -> Values:
        return Values(pl.concat([self._frame, other._frame]), other._reader)

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> Values: ...
    def __getitem__(self, place: int | slice) -> bytes | Values:
        if isinstance(place, slice):
            return Values(self._frame[place], self._reader)
        return self._reader(self._frame.row(range(len(self))[place])).value


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a table, each one trade; parallel columns as in ``Ticks``, times in ns."""

    record_ts: Ints
    ts: Ints
    price: Floats
    qty: Floats
    side: npt.NDArray[np.int8]
    trade_id: Ints
    values: Values
    symbol: str

    def __len__(self) -> int:
        return len(self.ts)

    def where(self, rows: slice) -> Page:
        """Return some of the rows."""
        return Page(
            self.record_ts[rows], self.ts[rows], self.price[rows], self.qty[rows], self.side[rows],
            self.trade_id[rows], self.values[rows], self.symbol,
        )  # fmt: skip


def pages(capture: Capture) -> Iterator[Page]:
    """Yield the pages of a capture; raise ``NotPlain`` as soon as a row is not plain, before its page."""
    if capture.format == parquet.NAME:
        reader, frames = parquet.table(capture.source, capture.given)
    elif capture.format == csv_trades.NAME:
        reader, frames = _csv(capture)
    else:
        raise NotPlain
    if reader.symbol is None or {"symbol", "exchange"} & reader.place.keys():
        raise NotPlain
    for frame in frames:
        if len(frame):
            yield _page(frame, reader, reader.symbol)


def _csv(capture: Capture) -> tuple[RowReader, Iterator[pl.DataFrame]]:
    source = capture.source
    head = csv_trades.Head(source, next(source.lines()).decode("utf-8-sig", "replace"), capture.given)
    return head.reader, _frames(capture, head)


def _frames(capture: Capture, head: csv_trades.Head) -> Iterator[pl.DataFrame]:
    named = head.names
    for piece in capture.source.pieces(PIECE_BYTES):
        if b'"' in piece or piece.startswith(b"\xef\xbb\xbf"):
            raise NotPlain
        try:
            yield pl.read_csv(
                piece,
                separator=head.delimiter,
                has_header=False,
                skip_lines=int(named),
                new_columns=list(head.columns),
                infer_schema=False,
            )
        except pl.exceptions.NoDataError:
            pass  # a header alone
        except pl.exceptions.PolarsError as error:
            raise NotPlain from error
        named = False


def _page(frame: pl.DataFrame, reader: RowReader, symbol: str) -> Page:
    place = reader.place
    if frame.width < len(place):
        raise NotPlain
    column = {meaning: frame.to_series(at) for meaning, at in place.items()}
    ts = _times(column["ts"])
    if (ts < EARLIEST).any() or (ts >= LATEST).any():
        raise NotPlain
    return Page(
        record_ts=_times(column["received"]) if "received" in column else ts,
        ts=ts,
        price=_above_zero(column["price"]),
        qty=_above_zero(column["qty"]),
        side=_sides(column, len(frame)),
        trade_id=_ids(column["trade_id"]) if "trade_id" in column else np.full(len(frame), NO_ID),
        values=Values(frame, reader),
        symbol=symbol,
    )


def _times(column: pl.Series) -> Ints:
    """Return times in ns, their unit by their size as in ``times``."""
    number = _whole(column, r"^[0-9]{1,19}$")
    unit = np.select([number >= 10**17, number >= 10**14, number >= 10**11], [1, 10**3, 10**6], SECOND)
    if (number > (1 << 62) // unit).any():
        raise NotPlain
    return np.asarray(number * unit, dtype=np.int64)


def _whole(column: pl.Series, pattern: str) -> Ints:
    if column.null_count() or (column.dtype == pl.String and not column.str.contains(pattern).all()):
        raise NotPlain
    if not (column.dtype == pl.String or column.dtype.is_integer()):
        raise NotPlain
    number = column.cast(pl.Int64, strict=False)
    if number.null_count() or (number < 0).any():
        raise NotPlain
    whole: Ints = number.to_numpy().astype(np.int64)
    return whole


def _above_zero(column: pl.Series) -> Floats:
    text = column.dtype == pl.String
    if column.null_count() or (text and not column.str.contains(_NUMBER).all()):
        raise NotPlain
    if not (text or column.dtype in (pl.Float64, pl.Int64, pl.Int32)):
        raise NotPlain
    number = column.cast(pl.Float64, strict=False).to_numpy().astype(np.float64)
    if not ((number > 0) & (number < np.inf)).all():
        raise NotPlain
    return number


def _ids(column: pl.Series) -> Ints:
    number = _whole(column, _DIGITS)
    if (number >= 10**18).any():
        raise NotPlain
    return number


def _sides(column: dict[str, pl.Series], rows: int) -> npt.NDArray[np.int8]:
    """Return the aggressor of each row, as ``RowReader`` understands the words."""
    given = column.get("side", column.get("maker"))
    if given is None:
        return np.zeros(rows, dtype=np.int8)
    words = SIDES if "side" in column else SIDE_OF_MAKER
    codes = {word: 1 if side == "buy" else -1 for word, side in words.items()}
    found = given.cast(pl.String).str.strip_chars().str.to_lowercase().replace_strict(
        codes, default=None, return_dtype=pl.Int8
    )  # fmt: skip
    if found.null_count():
        raise NotPlain
    return found.to_numpy().astype(np.int8)
