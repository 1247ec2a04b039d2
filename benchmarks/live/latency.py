"""From the tick that closes a second to its signals in a reader's hands, at the end of the log.

An open-loop feeder sends ticks by the clock, whether or not the flow keeps up. A signal's latency is counted
from the time at which the tick that released it was *due*, so that a late feeder, a full queue or a paused
flow count in full (no coordinated omission), until a reader, which is another process, has the signal. All
clocks are the one of this machine. ``caused_by`` says which tick it was: the record before its offset, unless
a clock beat released the signal; such signals are left out and counted.

The ticks come evenly spaced. All symbols close their seconds within one turn of theirs, so signals come in
bursts of 20: the p99 of half a minute is about the worst burst of them.
"""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.errors import BenchmarkError
from benchmarks.ground import Ground
from benchmarks.live.alive import Feeder, cores, live_flow
from benchmarks.live.heard import Heard, beats_of, latencies
from benchmarks.live.partners import Partner
from benchmarks.machine import cpu_seconds
from benchmarks.results import Row, Target, percentile, row
from connectors.kafka.topics import output
from models.judge.records import SIGNALS

NAME = "latency"
RATES = (1_000, 5_000, 20_000)
FULL_S, QUICK_S = 45.0, 6.0
WARM_S = 20.0
"""Kafka makes files for the first record of a partition, and all wait up to a second for its disk; the last
topic has its first record after 14 s. A third of a quick run."""
COMPILED_S = 45.0
"""For so long the broker's compiler takes a third of a core, once in the broker's life."""
TARGETS = {"p50": 5.0, "p99": 20.0}
"""Milliseconds, at the highest rate."""
_SHARES = {"p50": 0.5, "p99": 0.99, "longest": 1.0}


class Measured(NamedTuple):
    """One run: latencies in ms, signals that beats released, the feeder's own p99, the flow's core."""

    latencies: list[float]
    by_beats: int
    late_ms: float
    share: float


def steps(repeats: int) -> int:
    """Return how often the progress bar moves on."""
    return len(RATES) * repeats + (repeats > 1)


def run(ground: Ground) -> list[Row]:
    """Measure every rate, at a broker that has compiled what it runs unless it is a quick run."""
    quick = ground.sizes.repeats == 1
    if not quick:
        ground.say("latency: warming the broker up")
        measured(ground, "latency-warm", max(RATES), COMPILED_S)
    found: list[Row] = []
    for rate in RATES:
        runs = []
        for n in range(ground.sizes.repeats):
            ground.say(f"latency at {rate:,} ticks/s, {n + 1} of {ground.sizes.repeats}")
            runs.append(measured(ground, f"latency-{rate}-{n}", rate, QUICK_S if quick else FULL_S))
        found += rows(rate, runs)
    return found


def measured(ground: Ground, name: str, rate: int, seconds: float) -> Measured:
    """Run a flow at the end of a log that is fed for so many seconds; ``name`` is a topic's, and new."""
    with live_flow(ground, name, rate) as flow:
        topic = output(SIGNALS, flow.settings)
        partitions = len(flow.shards)
        with (
            Partner("signal_reader", ground.broker.bootstrap, topic, partitions) as reader,
            Feeder(ground, flow, rate, seconds) as feeder,
        ):
            used = cpu_seconds(flow.child.pid)
            schedule = feeder.go()
            fed = feeder.fed()
            share = (cpu_seconds(flow.child.pid) - used) / seconds
            flow.until(lambda: flow.offsets() == schedule.ends(fed["ticks"]), "the last tick")
            heard = [Heard(*told) for told in reader.ask("end")]
        flow.stop()
        wanted = schedule.closings(min(WARM_S, seconds / 3), seconds)
        found, by_beats = latencies(heard, wanted, schedule, beats_of(flow))
    if not found or len(found) + by_beats != len(wanted) * schedule.symbols:
        raise BenchmarkError(
            f"{len(found) + by_beats} signals came of {len(wanted)} seconds and {schedule.symbols} symbols: "
            "use a longer run, or see what the flow's log says"
        )
    return Measured(found, by_beats, fed["p99"], share)


def rows(rate: int, runs: list[Measured]) -> list[Row]:
    """Return the rows of a rate: the percentiles of each run, none of all runs together."""
    late = ", ".join(f"{run.late_ms:.1f}" for run in runs)
    shares = ", ".join(f"{run.share:.2f}" for run in runs)
    note = (
        f"{sum(len(run.latencies) for run in runs)} signals; left out, since clock beats released them: "
        f"{sum(run.by_beats for run in runs)}; ticks handed to the client late, p99: {late} ms; "
        f"{cores()}; share of its core the flow used: {shares}"
    )
    return [
        row(
            f"tick due that closes a second → signal read, {rate:,} ticks/s: {name}", "ms",
            [percentile(run.latencies, share) for run in runs], target=_target(rate, name),
            note=note if name == "p50" else "",
        )
        for name, share in _SHARES.items()
    ]  # fmt: skip


def _target(rate: int, name: str) -> Target | None:
    if rate != max(RATES) or name not in TARGETS:
        return None
    return Target(bound=TARGETS[name], of="ours", at_least=False)
