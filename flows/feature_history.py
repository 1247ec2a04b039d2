"""Feature rows of the past: tick histories through the very stage that makes them live."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from connectors.feature_files import FeatureFileError, frame
from connectors.tick_history import TickHistory
from models.desk.desk import Desk
from models.inputs import TickBatch
from models.market.feature_order import Ordering
from models.market.market import Market
from models.spec import SECOND, Spec

PIECE_ROWS = 50_000
"""Rows handed on together, about 15 MB."""

Told = Callable[[int, float | None], None]
"""Hears how many records were read, and the share of the whole, None where there is no telling."""


class FeatureHistory:
    """Runs histories, each a shard, through Market; ``books`` then tells what became of their items.

    Rows are those of every symbol, or of the named one, whose values are what they are among the others.
    """

    def __init__(
        self, histories: Sequence[TickHistory], spec: Spec, told: Told, symbol: str | None = None
    ) -> None:
        self._histories = histories
        self._spec = spec
        self._told = told
        self._symbol = symbol
        self._records = 0
        self._shard_of: dict[str, int] = {}
        self.books: dict[str, int] = {}

    def frames(self) -> Iterator[pl.DataFrame]:
        """Yield the rows shard by shard; those of one by time, then symbols in order of first appearance.

        Raises ``FeatureFileError`` where a symbol is on two shards, or the named one on none.
        """
        wanted = pl.lit(True) if self._symbol is None else pl.col("symbol") == self._symbol
        for number, history in enumerate(self._histories):
            for rows in self._shard(number, history):
                yield rows.filter(wanted)
        if self._symbol is not None and self._symbol not in self._shard_of:
            there = ", ".join(sorted(self._shard_of)) or "none"
            raise FeatureFileError(f"no ticks of {self._symbol}; there are {there}")

    def _shard(self, number: int, history: TickHistory) -> Iterator[pl.DataFrame]:
        market, ordering = Market(self._spec, Desk()), Ordering()
        for batch in history.batches():
            self._step(market, batch, ordering)
            self._own(number, market.symbols.names)
            share = history.share
            self._told(self._records, None if share is None else (number + share) / len(self._histories))
            if ordering.waiting >= PIECE_ROWS:
                closed = (market.log_ts - self._spec.grace) // SECOND
                yield frame(ordering.take(closed), market.symbols.names)
        yield frame(ordering.take(), market.symbols.names)
        for name, count in market.ledger._asdict().items():
            self.books[name] = self.books.get(name, 0) + count

    def _step(self, market: Market, batch: TickBatch, ordering: Ordering) -> None:
        self._records += len(batch)
        for closed in market.step([batch]):
            if closed.block is not None:
                ordering.put(closed.block)

    def _own(self, number: int, names: Sequence[str]) -> None:
        for name in names:
            if self._shard_of.setdefault(name, number) != number:
                raise FeatureFileError(
                    f"{name} is on two partitions: its producer does not use the symbol as the key; feed the "
                    "ticks again with the symbol as the key, or one capture at a time"
                )
