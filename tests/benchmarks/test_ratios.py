"""What makes the product fast stays fast: ratios of processor time, both sides measured in turns.

No time is asserted, only how much dearer the naive way is than ours over the same work, with bounds at about
half of what was measured on a quiet machine. Where one of them fails, a fast path is no longer taken.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from connectors.codecs import decode
from connectors.codecs.decode import Decoder
from connectors.feed.files import Capture
from connectors.tick_history import files
from connectors.tick_history.captures import FileHistory
from models.desk.desk import Desk
from models.inputs import TickBatch
from models.judge.judge import Judge
from models.judge.records import Shard
from models.market.bars import Bars, aggregate
from models.market.batches import cut
from models.market.market import Market
from models.market.pending import Trades
from models.scoring.registry import load_all
from models.scoring.scorer import Scorer
from models.simulator import MarketSpec, instruments, simulate
from models.spec import SECOND, Spec
from models.ticks import Ticks

pytestmark = pytest.mark.slow

START = 1_700_000_000 * SECOND
REPEATS = 4


def dearer(naive: Callable[[], object], ours: Callable[[], object]) -> float:
    """Return how many times the processor time of ours the naive way takes, each at its best."""
    ours()  # what is loaded at its first use is not what is compared
    turns = [(took(naive), took(ours)) for _ in range(REPEATS)]
    return min(turn[0] for turn in turns) / min(turn[1] for turn in turns)


def took(way: Callable[[], object]) -> float:
    """Return the processor time of one call."""
    began = time.process_time()
    way()
    return time.process_time() - began


def batch(symbols: int, rate: float, ticks: int) -> TickBatch:
    """Return one decoded batch of a simulated market."""
    market = MarketSpec(instruments=instruments(symbols), ticks_per_second=rate)
    records = list(islice(simulate(market, seed=1, start_ts=START), ticks))
    values = [record.value for record in records]
    log_ts = np.array([record.record_ts for record in records])
    return TickBatch(np.arange(ticks), log_ts, values, Decoder().decode(values), seq=1)


def pieces(whole: TickBatch, starts: np.ndarray) -> list[TickBatch]:
    """Cut a batch at these records."""
    bounds = [*starts.tolist(), len(whole)]
    return [cut(whole, start, stop) for start, stop in pairwise(bounds) if stop > start]


def test_decoding_as_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large poll is decoded as columns, several times as fast as record by record."""
    values = batch(20, 1_000.0, 5_000).values
    decoder = Decoder()

    def record_by_record() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(decode, "BATCH_FROM", len(values) + 1)
            decoder.decode(values)

    assert dearer(record_by_record, lambda: decoder.decode(values)) >= 2.0


def test_stages_in_blocks_of_seconds() -> None:
    """Many seconds at once cost a fraction of one second at a time."""
    whole, models = batch(5, 5.0, 2_500), load_all(Spec().models)
    seconds = pieces(whole, np.flatnonzero(np.diff(whole.log_ts // SECOND, prepend=0)))

    def stages(batches: list[TickBatch]) -> None:
        market, scorer = Market(Spec(), Desk()), Scorer(Spec(), models)
        judge = Judge(Spec(), Shard("ticks", 0, 0), models)
        for one in batches:
            judge.step(scorer.step(market.step([one])))

    assert dearer(lambda: stages(seconds), lambda: stages([whole])) >= 6.0


def test_windows_as_columns() -> None:
    """Bars of a batch cost a fraction of a loop over its ticks, which gives the same bars."""
    ticks = batch(20, 1_000.0, 50_000).decoded.ticks
    trades = Trades(
        ticks.symbol, ticks.ts // SECOND, ticks.ts, ticks.price, np.rint(1e8 * ticks.qty).astype(np.int64),
        ticks.side.astype(np.int64), ticks.trade_id,
    )  # fmt: skip
    none = np.zeros(20)

    def ours() -> Bars:
        return aggregate(trades, none, none.astype(np.int64))

    bars = ours()
    found = zip(*(c.tolist() for c in (bars.code, bars.second, bars.open, bars.high, bars.low)), strict=True)
    assert sorted(found) == sorted((*key, *bar[:3]) for key, bar in loop(ticks).items())
    assert dearer(lambda: loop(ticks), ours) >= 2.0


def loop(ticks: Ticks) -> dict[tuple[int, int], list[float]]:
    """Return open, high, low, close, volume and count by symbol and second, tick by tick."""
    bars: dict[tuple[int, int], list[float]] = {}
    columns = (ticks.symbol, ticks.ts, ticks.price, ticks.qty)
    for symbol, ts, price, qty in zip(*(column.tolist() for column in columns), strict=True):
        bar = bars.get((symbol, ts // SECOND))
        if bar is None:
            bars[symbol, ts // SECOND] = [price, price, price, price, qty, 1]
            continue
        bar[1] = max(bar[1], price)
        bar[2] = min(bar[2], price)
        bar[3] = price
        bar[4] += qty
        bar[5] += 1
    return bars


def test_a_table_of_trades_as_columns(tmp_path: Path) -> None:
    """A Parquet file is read as columns, many times as fast as row by row."""
    ticks, file = batch(1, 5.0, 20_000).decoded.ticks, tmp_path / "BTCUSDT.parquet"
    columns = {"timestamp": ticks.ts // 1_000_000, "quantity": ticks.qty, "price": ticks.price}
    pl.DataFrame(columns).write_parquet(file)

    def read(batches: Iterator[TickBatch]) -> int:
        return sum(len(one.decoded.ticks) for one in batches)

    def rows() -> int:
        return read(FileHistory([Capture(file)]).batches())

    def ours() -> int:
        return read(files([file]).batches())

    assert rows() == ours() == len(ticks)
    assert dearer(rows, ours) >= 6.0
