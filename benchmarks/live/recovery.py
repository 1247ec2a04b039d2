"""From ``kill -9`` of a live flow to a flow that is caught up again, started at once by a supervisor.

The market goes on meanwhile. Caught up is a shard at its first ``progress`` record behind the kill whose tick
was due at most a second before the broker had the record; all of them count, so it is the last one's. That
contains the start of Python, the libraries, the wait for late appends of the dead process, snapshots, and the
ticks that have come since.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import NamedTuple

import orjson

from benchmarks.errors import BenchmarkError
from benchmarks.flow import Flow
from benchmarks.ground import Ground
from benchmarks.live.alive import Feeder, live_flow
from benchmarks.live.schedule import Schedule
from benchmarks.published import records
from benchmarks.results import Row, Target, row
from connectors.kafka.messages import timestamp_ms
from connectors.kafka.topics import output
from models.judge.records import PROGRESS
from models.spec import SECOND

NAME = "recovery"
RATES = {5_000: "live", 100: "live, recorded density"}
WITHIN_S = 5.0
BEHIND_NS = SECOND
KILLS, QUICK_KILLS = 4, 1
WARM_S, APART_S = 5.0, 3.37
"""Between two kills so long that they meet every part of a second."""
LONGEST_S = 600.0


class Published(NamedTuple):
    """A progress record: when the broker had it, and when the tick was due that released it, ns."""

    partition: int
    came: int
    due: int


def steps(repeats: int) -> int:
    """Return how often the progress bar moves on."""
    return len(RATES) * repeats


def run(ground: Ground) -> list[Row]:
    """Measure both rates."""
    rows = []
    for rate, what in RATES.items():
        runs = []
        for n in range(ground.sizes.repeats):
            ground.say(f"recovery at {rate:,} ticks/s, {n + 1} of {ground.sizes.repeats}")
            kills = QUICK_KILLS if ground.sizes.repeats == 1 else KILLS
            runs.append(measured(ground, f"recovery-{rate}-{n}", rate, kills))
        rows += _rows(f"{rate:,} ticks/s {what}", runs)
    return rows


def measured(
    ground: Ground, name: str, rate: int, kills: int, warm_s: float = WARM_S, apart_s: float = APART_S
) -> list[float]:
    """Kill a live flow some times and return how long each took to catch up, seconds."""
    with live_flow(ground, name, rate) as flow, Feeder(ground, flow, rate, LONGEST_S) as feeder:
        schedule = feeder.go()
        _go_on(flow, schedule, warm_s)
        killed = []
        for _ in range(kills):
            killed.append(_kill(flow))
            flow.start()
            _go_on(flow, schedule, apart_s)
        flow.stop()
        found = list(_progress(flow, schedule))
    return [caught_up(found, at, dead, schedule.partitions) for at, dead in killed]


def caught_up(found: Iterable[Published], killed: int, dead: int, shards: int) -> float:
    """Return how long after a kill the last shard was caught up, seconds.

    ``dead`` is when the process was gone: what was due later, another one has published.
    """
    first: dict[int, int] = {}
    for one in found:
        if one.due > dead and one.came - one.due <= BEHIND_NS:
            first.setdefault(one.partition, one.came)
    if len(first) < shards:
        raise BenchmarkError(
            f"{shards - len(first)} shards did not catch up after a kill: see the flow's log"
        )
    return (max(first.values()) - killed) / SECOND


def _kill(flow: Flow) -> tuple[int, int]:
    at = time.time_ns()
    flow.child.kill()
    return at, time.time_ns()


def _go_on(flow: Flow, schedule: Schedule, seconds: float) -> None:
    """Wait until the flow is at the end of its log, and then for a while."""
    flow.until(lambda: _behind(flow, schedule) <= BEHIND_NS, "the end of the log")
    time.sleep(seconds)


def _behind(flow: Flow, schedule: Schedule) -> int:
    """Return how long ago the next tick of the shard was due that is furthest behind, ns."""
    return max(time.time_ns() - schedule.due_of(p, offset) for p, offset in enumerate(flow.offsets()))


def _progress(flow: Flow, schedule: Schedule) -> Iterable[Published]:
    for shard in flow.shards:
        for message in records(flow.settings, output(PROGRESS, flow.settings), shard.number):
            offset = orjson.loads(message.value() or b"")["caused_by"]["offset"]
            due = schedule.due_of(shard.partition, max(offset - 1, 0))
            yield Published(shard.partition, timestamp_ms(message) * 1_000_000, due)


def _rows(what: str, runs: list[list[float]]) -> list[Row]:
    every = sorted(took for run in runs for took in run)
    target = Target(bound=WITHIN_S, of="ours", at_least=False)
    note = f"{len(every)} kills, ms: " + ", ".join(f"{1e3 * took:,.0f}" for took in every)
    return [
        row(f"kill -9 → caught up, {what}", "s", every, target=target, note=note),
        row(f"kill -9 → caught up, {what}: longest", "s", [max(run) for run in runs], target=target),
    ]
