"""Plain tables of trades as a history: the same batches that their rows give one by one, from columns.

Recorded trades come as large tables, and most of the time of reading one goes into the text of rows that
nobody looks at. Where a table turns out not to be plain, or files overlap in time, reading goes on row by row
from the batch it has come to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from connectors.codecs import fields
from connectors.codecs.items import FieldError
from connectors.feed.files import Capture
from connectors.feed.files.pages import NotPlain, Page, pages
from connectors.tick_history.captures import FileHistory
from connectors.tick_history.history import MILLI, RECORDS, SPAN, TickHistory
from models.inputs import TickBatch
from models.ticks import Decoded, Ints, Symbol, Ticks

_NONE: Ints = np.empty(0, dtype=np.int64)


class TableHistory(FileHistory):
    """A history of captures that are read as columns as long as they can be."""

    def __init__(self, captures: Sequence[Capture]) -> None:
        super().__init__(captures)
        self._tables = captures

    def batches(self) -> Iterator[TickBatch]:
        """Yield the records; raise ``FeedError`` for what cannot be read to its end."""
        given = 0
        try:
            for batch in _batches(self._tables):
                yield batch
                given += 1
        except NotPlain:
            yield from islice(super().batches(), given, None)
        else:
            self._past = [capture.source.size for capture in self._tables]


def files(paths: Sequence[Path], symbol: str | None = None) -> TickHistory:
    """Return the history in capture files; ``symbol`` names the rows of tables that do not name one.

    Raises ``FeedError`` where a file is not there or of no known format.
    """
    return TableHistory([Capture(path, symbol) for path in paths])


def _batches(captures: Sequence[Capture]) -> Iterator[TickBatch]:
    """Yield batches as ``batched`` cuts them: at so many records, and at so long a span."""
    offset = 0
    left: Page | None = None
    for page in _in_order(captures):
        pieces = list(_pieces(page if left is None or not len(left) else _joined(left, page)))
        for piece in pieces[:-1]:
            yield _batch(piece, offset)
            offset += len(piece)
        left = pieces[-1]
    if left is not None:
        yield _batch(left, offset)


def _in_order(captures: Sequence[Capture]) -> Iterator[Page]:
    """Yield the pages of files that follow one another in time; raise ``NotPlain`` where they overlap."""
    if any(capture.format not in ("Parquet", "CSV") for capture in captures):
        raise NotPlain
    begins = {place: _first_ts(capture) for place, capture in enumerate(captures)}
    order = sorted(begins, key=begins.__getitem__)
    for place, following in zip(order, [*order[1:], None], strict=True):
        for page in pages(captures[place]):
            if following is not None and int(page.record_ts.max()) >= begins[following]:
                raise NotPlain
            yield page


def _first_ts(capture: Capture) -> int:
    first = next(iter(capture), None)
    if first is None or first.ts is None:
        raise NotPlain
    return first.ts


def _joined(left: Page, right: Page) -> Page:
    if left.symbol != right.symbol or left.values.columns != right.values.columns:
        raise NotPlain
    return Page(
        record_ts=np.concatenate([left.record_ts, right.record_ts]),
        ts=np.concatenate([left.ts, right.ts]),
        price=np.concatenate([left.price, right.price]),
        qty=np.concatenate([left.qty, right.qty]),
        side=np.concatenate([left.side, right.side]),
        trade_id=np.concatenate([left.trade_id, right.trade_id]),
        values=left.values + right.values,
        symbol=right.symbol,
    )


def _pieces(page: Page) -> Iterator[Page]:
    start = 0
    while start < len(page):
        ts = page.record_ts[start : start + RECORDS]
        late = np.flatnonzero(ts >= ts[0] + SPAN)
        stop = start + (int(late[0]) if len(late) else len(ts))
        yield page.where(slice(start, stop))
        start = stop


def _batch(page: Page, offset: int) -> TickBatch:
    n = len(page)
    ticks = Ticks(
        np.arange(n), np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), page.ts, page.price,
        page.qty, page.side, page.trade_id, (_symbol(page.symbol),),
    )  # fmt: skip
    log_ts = page.record_ts // MILLI * MILLI
    return TickBatch(np.arange(offset, offset + n), log_ts, page.values, Decoded(ticks, _NONE, ()), 0)


def _symbol(name: str) -> Symbol:
    try:
        return Symbol("", fields.symbol(name))
    except FieldError as error:
        raise NotPlain from error
