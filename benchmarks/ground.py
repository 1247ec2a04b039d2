"""What all benchmarks of a run share: broker, Redis, tick topics, sizes, and the progress bar."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from benchmarks import machine
from benchmarks.brokers import Broker
from benchmarks.errors import BenchmarkError
from benchmarks.flow import Flow
from benchmarks.ticks import TickTopic, fill
from connectors.embedded import EmbeddedRedis

WORKER_S = 600.0


class Sizes(NamedTuple):
    """How much is measured."""

    repeats: int
    dense: int  # ticks
    recorded: int
    long: int  # recorded density, for the Redis outage
    commands: int
    apart_s: float  # between two commands
    outage_s: float


FULL = Sizes(3, dense=4_000_000, recorded=800_000, long=3_000_000, commands=20, apart_s=0.2, outage_s=30.0)
QUICK = Sizes(1, dense=1_000_000, recorded=200_000, long=800_000, commands=5, apart_s=0.05, outage_s=3.0)

DENSE, RECORDED = 1_000.0, 5.0
"""Mean ticks per symbol and second: a dense market, and about what was recorded of BTCUSDT."""


class Speed(NamedTuple):
    """Records per second, and the share of its core that the process had while it was measured."""

    rate: float
    share: float


@dataclass(slots=True)
class Ground:
    """The shared things; ``say`` moves the progress bar on by one measurement."""

    broker: Broker
    redis: EmbeddedRedis
    scratch: Path
    sizes: Sizes
    say: Callable[[str], None]
    _topics: dict[str, TickTopic] = field(default_factory=dict)
    _runs: count[int] = field(default_factory=count)

    def dense(self) -> TickTopic:
        """Return the dense topic, filled at first use."""
        return self._topic("dense", "dense", DENSE, self.sizes.dense)

    def recorded(self) -> TickTopic:
        """Return the topic of recorded density."""
        return self._topic("recorded", "recorded", RECORDED, self.sizes.recorded)

    def long(self) -> TickTopic:
        """Return the long topic of recorded density."""
        return self._topic("long", "recorded", RECORDED, self.sizes.long)

    def flow(self, ticks: TickTopic, **settings: Any) -> Flow:
        """Start a flow over a topic, with all its other topics of its own."""
        tag = f"{ticks.name}-{next(self._runs)}"
        return Flow(self.broker, ticks, self.redis.url, self.scratch, tag, **settings)

    def worker(self, what: str, ticks: TickTopic) -> Speed:
        """Run one of the workers over a topic, on the flow's core."""
        command = [sys.executable, "-m", "benchmarks.backlog.worker", what, self.broker.bootstrap, ticks.name]
        command.append(str(len(ticks.ends)))
        with machine.on(machine.FLOW):
            done = subprocess.run(
                command, cwd=machine.ROOT, capture_output=True, text=True, timeout=WORKER_S, check=False
            )
        if done.returncode != 0:
            raise BenchmarkError(f"{what} failed:\n{done.stderr[-2000:]}")
        told = orjson.loads(done.stdout)
        return Speed(told["records"] / told["seconds"], told["cpu"] / told["seconds"])

    def _topic(self, name: str, what: str, rate: float, ticks: int) -> TickTopic:
        if name not in self._topics:
            self.say(f"filling the {name} topic with {ticks:,} ticks")
            self._topics[name] = fill(self.broker, name, what, rate=rate, ticks=ticks)
        return self._topics[name]
