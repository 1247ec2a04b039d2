"""How soon control commands take effect while a backlog is worked off, with a model that always says BUY.

A command's latency is the time from its record on the control topic to its entry on a shard's journal; only
those count that found the shard behind. Beside it: the same flow at the end of its log. And from a kill's
record to the last signal but HOLD.

Every topic here is new, and Kafka opens the index of a partition when its first 4 KiB are full, which takes
it some ten milliseconds and happens once in the partition's life: here to some thirty of them at about the
same time. Commands of that first while are told in a row of their own, without a target.
"""

from __future__ import annotations

from benchmarks.errors import BenchmarkError
from benchmarks.flow import Flow
from benchmarks.ground import Ground
from benchmarks.live.commands import Sender, acks, last_orders
from benchmarks.results import Row, Target, percentile, row
from benchmarks.ticks import TickTopic

NAME = "control"
MODEL = "constant-0.99"
WITHIN_MS = 100.0
AHEAD, AHEAD_APART_S = 15, 0.05
WARM = 0.15
"""Share of each shard's ticks behind which the topics are no longer new."""
ORDERS = 1_000
"""Signals but HOLD there must be, so that the last of them says something; a quick run has fewer."""


def steps(repeats: int) -> int:
    """Return how often the progress bar moves on."""
    return 2 + 2 * repeats


def run(ground: Ground) -> list[Row]:
    """Measure both densities."""
    return [
        *_density(ground, ground.dense()),
        *_density(ground, ground.recorded()),
    ]


def _density(ground: Ground, ticks: TickTopic) -> list[Row]:
    first: list[list[float]] = []
    loaded: list[list[float]] = []
    idle: list[list[float]] = []
    kills: list[float] = []
    fewest = 0
    for n in range(ground.sizes.repeats):
        ground.say(f"commands under load: {ticks.what}, {n + 1} of {ground.sizes.repeats}")
        new, busy, quiet, kill_ms, orders = _once(ground, ticks)
        first.append(new)
        loaded.append(busy)
        idle.append(quiet)
        kills.append(kill_ms)
        fewest = min(fewest or orders, orders)
    note = f"{sum(map(len, loaded))} acknowledgements by {len(ticks.ends)} shards under load"
    worst = Target(bound=WITHIN_MS, of="ours", at_least=False)
    rows = [
        row(
            f"command → journal under load, {ticks.what}: {name}", "ms", _each(loaded, share),
            against=_each(idle, share), against_what="at the end of the log",
            target=worst if share < 1.0 else None, note=note,
        )
        for name, share in (("p50", 0.5), ("p99", 0.99), ("longest", 1.0))
    ]  # fmt: skip
    note = f"after at least {fewest:,} signals but HOLD"
    fresh = row(
        f"command → journal while all topics are new, {ticks.what}: longest", "ms", _each(first, 1.0),
        note="Kafka opens the indexes of all partitions, once in their lives",
    )  # fmt: skip
    return [
        *rows,
        fresh,
        row(f"kill → last signal but HOLD, {ticks.what}", "ms", kills, target=worst, note=note),
    ]


def _once(ground: Ground, ticks: TickTopic) -> tuple[list[float], list[float], list[float], float, int]:
    sizes = ground.sizes
    with ground.flow(ticks, model=MODEL, extra_models=MODEL) as flow:
        sender = Sender(flow)
        flow.until(lambda: all(flow.offsets()), "the first ticks", every_s=0.02)
        ahead = sender.flags(AHEAD, AHEAD_APART_S)
        flow.until(lambda: _warm(flow, ticks), "a warm start", every_s=0.02)
        under_load = sender.flags(sizes.commands, sizes.apart_s)
        kill = sender.send("kill")
        flow.to_the_end()
        at_rest = sender.flags(sizes.commands, sizes.apart_s)
        flow.stop()
        found = acks(flow)
        kill_ms, orders = last_orders(flow, kill)
    busy = [ack for ack in found if ack.id in {*under_load, kill} and ack.after < ticks.ends[ack.shard]]
    if len({ack.id for ack in busy}) <= sizes.commands:
        raise BenchmarkError(f"the backlog of {ticks.name} ended before the commands did: use more ticks")
    if sizes.repeats > 1 and orders < ORDERS:
        raise BenchmarkError(f"only {orders} signals but HOLD before the kill: use more ticks")
    quiet = [ack.ms for ack in found if ack.id in at_rest]
    new = [ack.ms for ack in found if ack.id in ahead]
    return new, [ack.ms for ack in busy], quiet, kill_ms, orders


def _warm(flow: Flow, ticks: TickTopic) -> bool:
    return all(at >= WARM * end for at, end in zip(flow.offsets(), ticks.ends, strict=True))


def _each(runs: list[list[float]], share: float) -> list[float]:
    return [max(percentile(run, share), 0.5) for run in runs]  # broker times are whole milliseconds
