"""What snapshots cost a live market of 200 symbols: how late the turns of the sources come, by epoch."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

from benchmarks import machine
from benchmarks.errors import BenchmarkError
from benchmarks.ground import WORKER_S, Ground
from benchmarks.results import Row, Target, row

NAME = "snapshots"
EPOCHS_MS = (250, 1_000, 4_000)
PAUSE_MS = 15.0
SHORTEST_S, LONGEST_S = 4.0, 12.0


def steps(repeats: int) -> int:
    """Return how often the progress bar moves on."""
    return (1 + len(EPOCHS_MS)) * repeats


def run(ground: Ground) -> list[Row]:
    """Measure each epoch beside a run without snapshots."""
    rows = []
    without = [_told(ground, 1_000, None) for _ in range(ground.sizes.repeats)]
    for epoch in EPOCHS_MS:
        kept = [_told(ground, epoch, ground.scratch / "snapshots") for _ in range(ground.sizes.repeats)]
        rows += [_row(f"epoch {epoch} ms, {name}", kept, without, name) for name in ("p99", "longest")]
    rows.append(row("state of a symbol", "bytes", [one["bytes"] for one in kept]))
    return rows


def _row(what: str, kept: list[dict[str, Any]], without: list[dict[str, Any]], name: str) -> Row:
    return row(
        f"a turn comes later than due, {what}",
        "ms",
        [one[name] for one in kept],
        against=[one[name] for one in without],
        against_what="without snapshots",
        target=Target(bound=PAUSE_MS, of="ours", at_least=False) if name == "p99" else None,
    )


def _told(ground: Ground, epoch_ms: int, store: Path | None) -> dict[str, Any]:
    ground.say(f"snapshots: epoch {epoch_ms} ms" if store else "no snapshots")
    if store is not None:
        shutil.rmtree(store, ignore_errors=True)
    seconds = round(min(max(ground.sizes.outage_s, SHORTEST_S), LONGEST_S))
    command = [sys.executable, "-m", "benchmarks.live.pauses", str(epoch_ms), str(seconds), str(store or "")]
    with machine.on(machine.FLOW):
        done = subprocess.run(
            command, cwd=machine.ROOT, capture_output=True, text=True, timeout=WORKER_S, check=False
        )
    if done.returncode != 0:
        raise BenchmarkError(f"the market failed:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = orjson.loads(done.stdout)
    return found
