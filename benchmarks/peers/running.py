"""Runs one way of making bars in a process of its own on the flow's core, and reads what it told and made."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from itertools import count
from typing import NamedTuple

import orjson

from benchmarks import machine
from benchmarks.errors import BenchmarkError
from benchmarks.ground import WORKER_S, Ground
from benchmarks.peers.bars import Bar, read
from benchmarks.ticks import TickTopic

_runs = count()


class Told(NamedTuple):
    """What one run told, and the bars that it made."""

    rate: float  # ticks per second
    share: float  # of its core
    version: str
    bars: list[Bar]


def topic_run(ground: Ground, command: Sequence[str], ticks: TickTopic) -> Told:
    """Run a way over a topic; raise ``BenchmarkError`` if it fails or does not take every record."""
    where = [ground.broker.bootstrap, ticks.name, str(len(ticks.ends))]
    return file_run(ground, [*command, *where], ticks.records)


def file_run(ground: Ground, command: Sequence[str], records: int) -> Told:
    """Run a command that ends in the file for its bars; raise ``BenchmarkError`` as ``topic_run``."""
    out = ground.scratch / f"bars-{next(_runs)}.json"
    with machine.on(machine.FLOW):
        done = subprocess.run(
            [*command, str(out)],
            cwd=machine.ROOT,
            capture_output=True,
            text=True,
            timeout=WORKER_S,
            check=False,
        )
    if done.returncode != 0:
        raise BenchmarkError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    told = orjson.loads(done.stdout)
    if told["records"] != records:
        raise BenchmarkError(f"{' '.join(command)} took {told['records']} records of {records}")
    bars = read(out)
    out.unlink()
    return Told(records / told["seconds"], told["cpu"] / told["seconds"], told["version"], bars)
