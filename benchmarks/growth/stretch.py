"""A stretch of a simulated market, made ahead and repeated for ever: ticks that cost nothing while measured.

``python -m benchmarks.growth.stretch FILE SYMBOLS RATE`` makes one in a process of its own, so that neither
the time nor the memory of making it is in what is measured. A repetition is later by the stretch and has
trade ids of its own; the price jumps where it begins, which costs what any move costs.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

from connectors.tick_history import simulated
from models.inputs import TickBatch
from models.simulator import MarketSpec, instruments
from models.spec import SECOND
from models.ticks import Decoded, Ints, Symbol, Ticks

START = 1_700_006_400 * SECOND
"""A midnight: hours and buckets of monitors begin with it."""
TICKS, LEAST_S, MOST_S = 300_000, 5, 900
COLUMNS = ("log_ts", "symbol", "ts", "price", "qty", "side", "trade_id")


def seconds(symbols: int, rate: float) -> int:
    """Return how long a stretch is: some 300,000 ticks, and between 5 seconds and 15 minutes."""
    return round(min(max(TICKS / (symbols * rate), LEAST_S), MOST_S))


def make(path: Path, symbols: int, rate: float) -> None:
    """Simulate a stretch of so many symbols, with so many ticks each a second, into a file."""
    market = MarketSpec(instruments=instruments(symbols), ticks_per_second=rate)
    place = {each.symbol: n for n, each in enumerate(market.instruments)}
    parts = [
        _columns(batch, place) for batch in simulated(market, 1, seconds(symbols, rate), START).batches()
    ]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in COLUMNS}
    np.savez(path, **columns)  # type: ignore[arg-type]  # mypy takes them for its keywords


def _columns(batch: TickBatch, place: dict[str, int]) -> dict[str, np.ndarray]:
    t = batch.decoded.ticks
    table = np.array([place[symbol.name] for symbol in t.symbols], dtype=np.int64)
    found = {name: getattr(t, name) for name in COLUMNS[2:]}
    return {"log_ts": batch.log_ts[t.record], "symbol": table[t.symbol], **found}


class Repeated:
    """One partition of the endless market: every ``partitions``-th symbol of the stretch in a file."""

    def __init__(
        self, path: Path, symbols: int, rate: float, partition: int = 0, partitions: int = 1
    ) -> None:
        with np.load(path) as kept:
            own = kept["symbol"] % partitions == partition
            self._columns = {name: kept[name][own] for name in COLUMNS}
        self._names = [each.symbol for each in instruments(symbols)]
        self._length = seconds(symbols, rate) * SECOND
        self._ids = int(self._columns["trade_id"].max()) + 1
        self._round = self._place = self._offset = 0

    @property
    def log_s(self) -> float:
        """Return how much log time has passed, as far as the next batch's first tick tells."""
        return (int(self._columns["log_ts"][self._place]) - START + self._round * self._length) / SECOND

    def take(self, size: int) -> TickBatch:
        """Return the next ticks, up to ``size``, as the decoder would; a batch ends where a stretch does."""
        stop = min(self._place + size, len(self._columns["ts"]))
        piece = {name: column[self._place : stop] for name, column in self._columns.items()}
        batch = self._batch(_Piece(**piece), np.arange(self._offset, self._offset + stop - self._place))
        self._offset += stop - self._place
        ended = stop == len(self._columns["ts"])
        self._round, self._place = (self._round + 1, 0) if ended else (self._round, stop)
        return batch

    def _batch(self, piece: _Piece, offsets: Ints) -> TickBatch:
        later, n = self._round * self._length, len(offsets)
        table, symbol = np.unique(piece.symbol, return_inverse=True)
        ticks = Ticks(
            np.arange(n), np.zeros(n, dtype=np.int64), symbol, piece.ts + later, piece.price, piece.qty,
            piece.side, piece.trade_id + self._round * self._ids,
            tuple(Symbol("", self._names[code]) for code in table.tolist()),
        )  # fmt: skip
        decoded = Decoded(ticks, np.empty(0, dtype=np.int64), ())
        return TickBatch(offsets, piece.log_ts + later, [b""] * n, decoded, seq=1)


class _Piece(NamedTuple):
    log_ts: Ints
    symbol: Ints
    ts: Ints
    price: np.ndarray
    qty: np.ndarray
    side: np.ndarray
    trade_id: Ints


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
