"""One point of a curve, in a process of its own: ``python -m benchmarks.growth.grown`` and six values.

They are the file of a stretch of ticks, its symbols, its rate, the number of partitions, the ticks of a
batch, and the log seconds at which to look, with commas. All stages and the encoding run as in the flow,
without engine, Kafka and Redis; only they are counted, in processor seconds. Prints one JSON object: the
resident bytes at the beginning, a look for each of the seconds, the peak, and the bytes of state at the end.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import orjson

from benchmarks import machine
from benchmarks.growth.stretch import Repeated
from connectors.codecs.wire import Encoded, encode
from connectors.recovery.state import pack
from flows.runtime import collect_seldom
from models.desk.desk import Desk
from models.inputs import TickBatch
from models.judge.judge import Judge
from models.judge.records import SIGNALS, Shard
from models.market.market import Market
from models.monitor.monitor import Monitor
from models.scoring.model import Model
from models.scoring.registry import load_all
from models.scoring.scorer import Scorer
from models.spec import Spec

_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Look:
    """What it has come to at some log second, added up over all shards."""

    log_s: float = 0.0
    cpu: float = 0.0  # processor seconds
    ticks: int = 0
    rows: int = 0  # closed symbol-seconds
    records: int = 0  # published
    bytes: int = 0  # of their values and keys
    resident: int = 0  # bytes


class Whole:
    """Market, Scorer, Judge, Monitor and encoding of one shard."""

    def __init__(self, number: int, ticks: Repeated, models: dict[str, Model], sums: Look) -> None:
        spec, shard = Spec(), Shard("ticks", number, number)
        self.ticks, self._sums = ticks, sums
        self._market, self._scorer = Market(spec, Desk()), Scorer(spec, models)
        self._judge, self._monitor = Judge(spec, shard, models), Monitor(spec, shard, models)

    def step(self, size: int) -> None:
        """Take a batch through everything, and count it."""
        batch = self.ticks.take(size)
        began = time.process_time()
        encoded = self._through(batch)
        self._sums.cpu += time.process_time() - began
        self._sums.ticks += len(batch)
        self._sums.rows += sum(one.topic == SIGNALS for one in encoded)
        self._sums.records += len(encoded)
        self._sums.bytes += sum(len(one.value) + len(one.key) for one in encoded)

    def state(self) -> int:
        """Return the bytes of all stages' snapshots."""
        stages = (self._market, self._judge, self._monitor)
        return sum(len(pack(stage.snapshot())) for stage in stages)

    def _through(self, batch: TickBatch) -> list[Encoded]:
        found: list[Encoded] = []
        for emission in self._judge.step(self._scorer.step(self._market.step([batch]))):
            found += map(encode, emission.records)
            for observed in self._monitor.step(emission.monitor):
                found += map(encode, observed.records)
        return found


def look(shards: list[Whole], sums: Look, size: int, second: float) -> Look:
    """Run all shards until a log second and return what it has come to by then."""
    while behind := [shard for shard in shards if shard.ticks.log_s < second]:
        for shard in behind:
            shard.step(size)
    return replace(sums, log_s=second, resident=_resident())


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def main(path: str, symbols: str, rate: str, partitions: str, size: str, at_s: str) -> None:
    """Measure one point and print it."""
    collect_seldom()  # as the flow does
    count, sums = int(partitions), Look()
    models = load_all(Spec().models)
    parts = [Repeated(Path(path), int(symbols), float(rate), n, count) for n in range(count)]
    begin = _resident()
    shards = [Whole(n, part, models, sums) for n, part in enumerate(parts)]
    found = [look(shards, sums, int(size), float(second)) for second in at_s.split(",")]
    told = {
        "begin": begin,
        "looks": [asdict(each) for each in found],
        "peak": machine.peak_bytes(),
        "state": sum(map(Whole.state, shards)),
    }
    print(orjson.dumps(told).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
