"""A recorded day without Kafka: ``python -m benchmarks.peers.replayed WAY FILE OUT``.

``ours`` reads the Parquet file as the backtest does and makes the product's windows of it; reading is in its
time. ``fold_window`` is the idiomatic Bytewax program on the same ticks, which are handed to it from memory,
ready as objects; making them is not in its time.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import bytewax.operators as op
from bytewax.dataflow import Dataflow
from bytewax.testing import TestingSource

from benchmarks.peers import fold_window
from benchmarks.peers.bars import write
from benchmarks.peers.fold_window import BATCH, Tick
from benchmarks.peers.telling import Began, Moment, tell
from benchmarks.peers.windows import Windows
from connectors.tick_history import files


def ours(path: Path, out: Path) -> None:
    """Make the bars of a file in our way."""
    Windows().step([next(files([path]).batches())])  # libraries load at their first use
    stage, records, began = Windows(), 0, Began()
    made = []
    began.note([])
    for batch in files([path]).batches():
        made += stage.step([batch])
        records += len(batch)
    tell(records, began, Moment.now(), version("levibot"))
    write(out, [bar for each in made for bar in each.each()])


def others(path: Path, out: Path) -> None:
    """Make the bars of the same ticks with ``fold_window``."""
    ticks: list[Tick] = []
    for batch in files([path]).batches():
        t = batch.decoded.ticks
        columns = (t.symbol.tolist(), t.ts.tolist(), t.price.tolist(), t.qty.tolist())
        ticks += [Tick(t.symbols[code].name, *rest) for code, *rest in zip(*columns, strict=True)]
    flow = Dataflow("fold_window")
    began = Began()
    source = op.flat_map_batch("began", op.input("ticks", flow, TestingSource(ticks, BATCH)), began.note)
    made = fold_window.measured(flow, source, began)
    write(out, fold_window.bars(made))


WAYS = {"ours": ours, "fold_window": others}

if __name__ == "__main__":
    WAYS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
