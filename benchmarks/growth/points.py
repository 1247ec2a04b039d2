"""The points of the curves of growth: each measured by a fresh process on the flow's core."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson

from benchmarks import machine
from benchmarks.errors import BenchmarkError
from benchmarks.ground import WORKER_S

HOUR_S = 3_600
Points = tuple[tuple[float, float], ...]
"""Sizes, rising, and what each cost."""


class Market(NamedTuple):
    """A simulated market: symbols, and ticks per symbol and second."""

    symbols: int
    rate: float


class Span(NamedTuple):
    """What happened between two looks at a process."""

    log_s: float
    cpu: float  # processor seconds
    ticks: int
    rows: int  # closed symbol-seconds
    records: int
    bytes: int

    def an_hour(self, market: Market) -> float:
        """Return the processor seconds of an hour of a market, if it had just the ticks of its rate.

        A market of few symbols trades now more and now less than that.
        """
        return self.cpu / self.ticks * market.symbols * market.rate * HOUR_S

    def text(self) -> str:
        """Return the cost of a tick and of a symbol's second."""
        return f"{1e6 * self.cpu / self.ticks:.2f} µs a tick, {1e6 * self.cpu / self.rows:.1f} a row"


@dataclass(frozen=True, slots=True)
class Run:
    """What a process told: looks as of ``grown.Look``, memory and state in bytes."""

    begin: int
    looks: list[dict[str, Any]]
    peak: int
    state: int

    def between(self, first: int = 0, last: int = -1) -> Span:
        """Return what happened between two of the looks."""
        a, b = self.looks[first], self.looks[last]
        return Span(*(b[name] - a[name] for name in Span._fields))

    @property
    def grown(self) -> int:
        """Return how much more was resident at the end than before the first tick."""
        return int(self.looks[-1]["resident"]) - self.begin


class Measure:
    """Runs the processes; a market's ticks are made once and kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run(self, market: Market, batch: int, looks_s: Sequence[float], *, partitions: int = 1) -> Run:
        """Run a market and look at those log seconds; ``batch`` is that of one partition, in ticks."""
        seconds = ",".join(map(str, looks_s))
        given = [self._ticks(market), market.symbols, market.rate, partitions, batch, seconds]
        with machine.on(machine.FLOW):
            return Run(**orjson.loads(_said("benchmarks.growth.grown", given)))

    def _ticks(self, market: Market) -> Path:
        path = self._folder / f"stretch-{market.symbols}-{market.rate:g}.npz"
        if not path.exists():
            _said("benchmarks.growth.stretch", [path, *market])
        return path


def _said(module: str, given: Sequence[object]) -> str:
    command = [sys.executable, "-m", module, *map(str, given)]
    done = subprocess.run(
        command, cwd=machine.ROOT, capture_output=True, text=True, timeout=WORKER_S, check=False
    )
    if done.returncode != 0:
        raise BenchmarkError(f"{module} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def slope(points: Points) -> float:
    """Return the exponent of the power law that fits best: 1 is a straight line, below is better."""
    sizes, costs = np.log(np.array(points).T)
    return float(np.polyfit(sizes, costs, 1)[0])


def steepest(points: Points) -> float:
    """Return the greatest exponent between two neighbours."""
    sizes, costs = np.log(np.array(points).T)
    return float((np.diff(costs) / np.diff(sizes)).max())
