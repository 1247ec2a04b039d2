"""A recorded day from its Parquet file to one-second bars, beside the idiomatic Bytewax program in memory.

Windows only on both sides. Ours reads the file; ``fold_window`` is handed the same ticks as ready objects.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from benchmarks.backlog.backtest import DAY_S, RATE, parquet
from benchmarks.ground import Ground
from benchmarks.peers.bars import VOLUME, same
from benchmarks.peers.fold_window import BATCH
from benchmarks.peers.running import Told, file_run
from benchmarks.results import Row, Target, row

NAME = "peers-replay"
RATIO = 20.0


def steps(repeats: int) -> int:
    """Return how often the progress bar moves on."""
    return 1 + 2 * repeats


def run(ground: Ground) -> list[Row]:
    """Measure a day, or an eighth of one."""
    quick = ground.sizes.repeats == 1
    ground.say("windows from Parquet: a day of ticks into a file")
    day = parquet(ground.scratch / "BTCUSDT-windows.parquet", DAY_S / (8 if quick else 1))
    records = pl.scan_parquet(day).select(pl.len()).collect().item()
    ours: list[Told] = []
    theirs: list[Told] = []
    bars = 0
    for n in range(ground.sizes.repeats):
        for way, told in (("ours", ours), ("fold_window", theirs)):
            ground.say(f"windows from Parquet, {way}: {n + 1} of {ground.sizes.repeats}")
            told.append(file_run(ground, command(way, day), records))
        bars = same(theirs[-1].bars, ours[-1].bars, "ours")
    version = f"Bytewax fold_window {theirs[0].version}"
    name = f"windows only from Parquet, {'an eighth of a day' if quick else 'a day'}, recorded {RATE}"
    note = (
        f"{version}: TestingSource in batches of {BATCH:,}, ticks ready in memory; ours reads the file; "
        f"same bars: yes ({bars:,} bars, volumes to {VOLUME:g})"
    )
    return [
        row(
            name, "ticks/s", [told.rate for told in ours], against=[told.rate for told in theirs],
            against_what=version, target=Target(bound=RATIO), note=note,
        )
    ]  # fmt: skip


def command(way: str, day: Path) -> list[str]:
    """Return what runs a way, without the file for its bars."""
    return [sys.executable, "-m", "benchmarks.peers.replayed", way, str(day)]
