"""The product's windows without what comes behind them: no rows, features or outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from benchmarks.peers.bars import Bar
from models.desk.desk import Desk
from models.inputs import TickBatch
from models.market.bars import Bars, aggregate
from models.market.block import Progress
from models.market.intake import Intake
from models.market.market import Market
from models.market.rows import Span
from models.spec import Spec
from models.ticks import Ints


class Made(NamedTuple):
    """The bars that a batch has closed, as columns, and what their codes and lots mean."""

    names: list[str]  # by code
    lot_digits: Ints  # by code
    closed: list[Bars]

    def each(self) -> Iterator[Bar]:
        """Yield bar by bar."""
        for b in self.closed:
            volume = b.lots / 10.0 ** self.lot_digits[b.code]
            columns = (b.code, b.second, b.open, b.high, b.low, b.close, volume, b.count)
            for code, *values in zip(*(column.tolist() for column in columns), strict=True):
                yield Bar(self.names[code], *values)


class Windows:
    """A stage for one shard: batches in order to the bars that each closed.

    It is Market as it is, with the verdict on each tick, its books, closing by event and log time, lives of
    symbols and ``aggregate``. But where Market would make feature rows of the closed bars it keeps the bars,
    and it makes no progress records, for nothing is published.
    """

    def __init__(self) -> None:
        self._market = _Market()

    def step(self, batches: Sequence[TickBatch]) -> list[Made]:
        """Take batches in order; return one item for each."""
        return [self._market.made(batch) for batch in batches]

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return self._market.snapshot()


class _Market(Market):
    def __init__(self) -> None:
        super().__init__(Spec(), Desk())
        self._closed: list[Bars] = []

    def made(self, batch: TickBatch) -> Made:
        self._closed = []
        self.step([batch])
        return Made(self.symbols.names, self._rows["lot_digits"], self._closed)

    def _progress(self, *_: Any) -> tuple[Progress, ...]:
        return ()

    def _block(self, _batch: TickBatch, _taken: Intake, _span: Span) -> Any:
        rows = self._rows
        ticks = self._open.take(rows["closed"])
        if len(ticks):
            bars = aggregate(ticks, rows["last_price"], rows["last_sign"])
            # a symbol's newest second comes last, and its values stay
            rows["last_price"][bars.code], rows["last_sign"][bars.code] = bars.close, bars.sign
            self._closed.append(bars)
