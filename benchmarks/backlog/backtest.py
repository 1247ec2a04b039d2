"""A day of BTCUSDT as it was recorded, simulated, from its Parquet file to its report.

The day is 86,400 seconds and about 450,000 ticks, walked by a process of its own on the flow's core:
decoding, features, scoring, the gate, calibration and drift, the paper account under four costs, metrics
with their intervals, random entries, JSON and HTML. Importing libraries is not counted. The second row says
how much more memory thirty such days need: the backtest keeps no ticks, rows or seconds, but for each symbol
a price a second and a mark a minute.

``python -m benchmarks.backlog.backtest FILE...`` measures one backtest and prints JSON.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import polars as pl

from benchmarks import machine
from benchmarks.errors import BenchmarkError
from benchmarks.ground import WORKER_S, Ground
from benchmarks.results import Row, Target, row
from connectors.settings import Settings
from connectors.tick_history import simulated
from flows.backtest.asked import Asked
from flows.backtest.run import backtest
from flows.ticks import START, Ticks
from models.simulator import MarketSpec, instruments

NAME = "backtest"
RATE = 5.2
"""Mean ticks per second, as recorded of BTCUSDT."""
DAY_S = 86_400
MOST_S = 5.0
DAYS = 30
MOST_MB = 96.0
"""More for thirty days than for one: prices by the second are 21 MB of it, the rest marks and trades."""
_MARKET = MarketSpec(instruments=instruments(["BTCUSDT"]), ticks_per_second=RATE)


def steps(repeats: int) -> int:
    """Return how often the progress bar moves on."""
    return 2 + repeats


def run(ground: Ground) -> list[Row]:
    """Measure a day some times, and the memory of more days once."""
    quick = ground.sizes.repeats == 1
    ground.say("backtest: a day of ticks into a file")
    day = parquet(ground.scratch / "BTCUSDT-day.parquet", DAY_S / (8 if quick else 1))
    seconds, memory = [], []
    for n in range(ground.sizes.repeats):
        ground.say(f"backtest: a day, {n + 1} of {ground.sizes.repeats}")
        took, used = measured(day)
        seconds.append(took)
        memory.append(used)
    ground.say(f"backtest: {2 if quick else DAYS} days")
    longer = repeated(day, ground.scratch, 2 if quick else DAYS)
    _, most = measured(longer)
    note = (
        "features, scoring, gate, monitors, account under 4 costs, metrics, report; one core, after start-up"
    )
    what = f"{'an eighth of a day' if quick else 'a day'}, recorded {RATE}"
    return [
        row(
            f"backtest of {what}", "s", seconds,
            target=Target(bound=MOST_S, of="ours", at_least=False), note=note,
        ),
        row(
            f"backtest of {2 if quick else DAYS} of them: more memory", "MB", [most - min(memory)],
            target=Target(bound=MOST_MB, of="ours", at_least=False),
            note=f"peak of the process for one: {min(memory):,.0f} MB",
        ),
    ]  # fmt: skip


def parquet(path: Path, seconds: float) -> Path:
    """Write a simulated market in the columns of the recorded half day."""
    ticks = [batch.decoded.ticks for batch in simulated(_MARKET, 1, seconds, START).batches()]
    pl.DataFrame({
        "timestamp": np.concatenate([t.ts for t in ticks]) // 1_000_000,
        "quantity": np.concatenate([t.qty for t in ticks]),
        "price": np.concatenate([t.price for t in ticks]),
    }).write_parquet(path)  # fmt: skip
    return path


def repeated(path: Path, folder: Path, days: int) -> list[Path]:
    """Return files of as many days, each the same one a day later."""
    day = pl.read_parquet(path)
    first, last = day.select(first=pl.col("timestamp").min(), last=pl.col("timestamp").max()).row(0)
    span = (last - first) // 60_000 * 60_000 + 60_000
    found = []
    for n in range(days):
        found.append(folder / f"BTCUSDT-{n:02d}.parquet")
        day.with_columns(pl.col("timestamp") + n * span).write_parquet(found[-1])
    return found


def measured(files: Path | list[Path]) -> tuple[float, float]:
    """Return the seconds and the peak memory (MB) of one backtest in a process of its own."""
    paths = [files] if isinstance(files, Path) else files
    command = [sys.executable, "-m", "benchmarks.backlog.backtest", *map(str, paths)]
    with machine.on(machine.FLOW):
        done = subprocess.run(
            command, cwd=machine.ROOT, capture_output=True, text=True, timeout=WORKER_S,
            check=False,
        )  # fmt: skip
    if done.returncode != 0:
        raise BenchmarkError(f"the backtest failed:\n{done.stderr[-2000:]}")
    told = orjson.loads(done.stdout)
    return told["seconds"], told["megabytes"]


def main(paths: list[str]) -> None:
    """Test on some files and print how long it took and how much memory it had at most."""
    config = Settings(_env_file=None)  # type: ignore[call-arg]  # pydantic's, unknown to mypy
    with tempfile.TemporaryDirectory(prefix="levibot-bench-") as scratch:
        asked = Asked(ticks=Ticks(ticks=[*map(Path, paths)]), out=Path(scratch))
        warm = replace(asked, ticks=Ticks(simulated=True, symbols="1", hours=0.05))
        backtest(warm, config, lambda *_: None)  # libraries load at their first use
        began = time.perf_counter()
        backtest(asked, config, lambda *_: None)
        took = time.perf_counter() - began
    peak = machine.peak_bytes() / (1 << 20)
    print(orjson.dumps({"seconds": took, "megabytes": peak}).decode())


if __name__ == "__main__":
    main(sys.argv[1:])
