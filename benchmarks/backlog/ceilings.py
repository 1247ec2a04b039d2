"""How near our own arithmetic is to what the libraries under it do alone: numpy's bars, LightGBM's trees."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import orjson

from benchmarks import machine
from benchmarks.errors import BenchmarkError
from benchmarks.ground import WORKER_S, Ground, Speed
from benchmarks.results import Row, row
from benchmarks.ticks import TickTopic

NAME = "ceilings"
TREES = 200
ROWS, QUICK_ROWS = 100_000, 20_000


def steps(repeats: int) -> int:
    """Return how often the progress bar moves on."""
    return 2 + 2 * 2 * repeats + repeats


def run(ground: Ground) -> list[Row]:
    """Measure bars of both densities, and trees."""
    return [_bars(ground, ground.dense()), _bars(ground, ground.recorded()), *_trees(ground)]


def _bars(ground: Ground, ticks: TickTopic) -> Row:
    found: dict[str, list[Speed]] = {"market": [], "windows": []}
    for n in range(ground.sizes.repeats):
        for what, speeds in found.items():
            ground.say(f"bars alone, {what}: {ticks.what}, {n + 1} of {ground.sizes.repeats}")
            speeds.append(ground.worker(what, ticks))
    return row(
        f"Market alone, {ticks.what}", "ticks/s", [speed.rate for speed in found["market"]],
        against=[speed.rate for speed in found["windows"]], against_what="numpy's one-second bars alone",
        note="ours: bars, empty seconds, late and doubled ticks, features, outcomes; numpy: sort and reduce",
    )  # fmt: skip


def _trees(ground: Ground) -> list[Row]:
    runs = []
    for n in range(ground.sizes.repeats):
        ground.say(f"LightGBM alone: {n + 1} of {ground.sizes.repeats}")
        runs.append(_told(QUICK_ROWS if ground.sizes.repeats == 1 else ROWS))
    return [_row(same) for same in zip(*runs, strict=True)]


def _row(runs: tuple[dict[str, Any], ...]) -> Row:
    name = f"a model of {TREES} trees, batches of {runs[0]['height']:,}"
    return row(
        name, "rows/s", [one["ours"] for one in runs],
        against=[one["alone"] for one in runs], against_what="LightGBM alone",
    )  # fmt: skip


def _told(rows: int) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "benchmarks.backlog.trees", str(TREES), str(rows)]
    with machine.on(machine.FLOW):
        done = subprocess.run(
            command, cwd=machine.ROOT, capture_output=True, text=True, timeout=WORKER_S, check=False
        )
    if done.returncode != 0:
        raise BenchmarkError(f"the trees failed:\n{done.stderr[-2000:]}")
    found: list[dict[str, Any]] = orjson.loads(done.stdout)
    return found
