"""What more costs: symbols, partitions, history, hours of uptime; a straight line or better, memory flat.

All stages and the encoding in a process of their own for each point, without broker, from ticks that were
made before (``stretch``); processor time alone counts. History is the backtest of a file of so many hours,
and its time. Each row's slope is the exponent of cost against size: 1 is a straight line.
"""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.backlog import backtest
from benchmarks.ground import DENSE, RECORDED, Ground
from benchmarks.growth.points import HOUR_S, Market, Measure, Points, Run, Span
from benchmarks.growth.rows import curve, history, live_row, memory, of_a_row, resident, uptime
from benchmarks.results import Row

NAME = "growth"
WARM_S, BUCKET_S = 30, 300
ROWS, MOST_BUCKETS = 30_000, 48
DENSE_TICKS, DENSE_WARM_S, DENSE_LEAST_S, DENSE_MOST_S = 1_000_000, 10, 30, 600
"""Points of few symbols last longer, so that their time can be measured."""
BATCH, DENSE_BATCH = 1_000, 10_000
"""Ticks: about what a shard of the flow takes at once while it catches up (``connectors.kafka.pace``)."""
SPREAD, DAY = Market(64, RECORDED), Market(20, RECORDED)
"""The market that is spread over partitions, and the one that is watched for a day."""
SHARD = Market(100, RECORDED)
"""What a shard has of a whole exchange; live, it closes a second at a time."""
SMALL = Market(20, RECORDED)
"""The market that is taken in batches of all sizes."""


class Plan(NamedTuple):
    """The sizes of all curves."""

    symbols: tuple[int, ...]
    dense: tuple[int, ...]
    partitions: tuple[int, ...]
    batches: tuple[int, ...]
    hours: tuple[int, ...]
    uptime_h: int


FULL = Plan(
    (1, 20, 200, 1_000, 2_000), (1, 20, 200), (1, 4, 16), (1, 10, 100, 1_000, 10_000), (1, 3, 6, 12, 24), 24
)
QUICK = Plan((1, 5, 20), (1, 5), (1, 4), (10, 1_000), (1, 4), 3)


def steps(repeats: int) -> int:
    """Return how often the progress bar moves on."""
    plan = _plan(repeats)
    return sum(len(sizes) for sizes in plan[:-1]) + 2


def run(ground: Ground) -> list[Row]:
    """Measure all curves, each point once."""
    plan, measure = _plan(ground.sizes.repeats), Measure(ground.scratch)
    runs = {n: _recorded(ground, measure, n) for n in plan.symbols}
    recorded = {n: each.between() for n, each in runs.items()}
    dense = {n: _dense(ground, measure, n) for n in plan.dense}
    partitions = {n: _spread(ground, measure, n) for n in plan.partitions}
    batches = {n: _taken(ground, measure, n) for n in plan.batches}
    live = _live(ground, measure)
    hours = _history(ground, plan.hours)
    day = _uptime(ground, measure, plan.uptime_h)
    return [
        curve("symbols, recorded 5", recorded, lambda n: Market(n, RECORDED)),
        curve("symbols, dense 1,000", dense, lambda n: Market(n, DENSE)),
        curve(f"partitions, {SPREAD.symbols} symbols, recorded 5", partitions, lambda _: SPREAD),
        curve(f"ticks a batch, {SMALL.symbols} symbols, recorded 5", batches, lambda _: SMALL),
        history(hours),
        uptime(day),
        resident(day),
        memory(runs),
        *of_a_row(recorded),
        live_row(SHARD, *live),
    ]


def _plan(repeats: int) -> Plan:
    return QUICK if repeats == 1 else FULL


def _recorded(ground: Ground, measure: Measure, symbols: int) -> Run:
    ground.say(f"growth: {symbols:,} symbols, recorded density")
    buckets = min(max(ROWS // (symbols * BUCKET_S), 1), MOST_BUCKETS)
    return measure.run(Market(symbols, RECORDED), BATCH, (WARM_S, WARM_S + buckets * BUCKET_S))


def _dense(ground: Ground, measure: Measure, symbols: int) -> Span:
    ground.say(f"growth: {symbols:,} symbols, dense")
    market = Market(symbols, DENSE)
    seconds = min(max(DENSE_TICKS / (symbols * DENSE), DENSE_LEAST_S), DENSE_MOST_S)
    return measure.run(market, DENSE_BATCH, (DENSE_WARM_S, DENSE_WARM_S + seconds)).between()


def _spread(ground: Ground, measure: Measure, partitions: int) -> Span:
    ground.say(f"growth: {partitions} partitions")
    looks = (WARM_S, WARM_S + 2 * BUCKET_S)
    return measure.run(SPREAD, BATCH, looks, partitions=partitions).between()


def _taken(ground: Ground, measure: Measure, batch: int) -> Span:
    ground.say(f"growth: batches of {batch:,}")
    return measure.run(SMALL, batch, (WARM_S, WARM_S + 2 * BUCKET_S)).between()


def _live(ground: Ground, measure: Measure) -> tuple[Span, Span]:
    """Return a shard that takes some second's ticks at a time, and one that works off a backlog."""
    ground.say("growth: one second at a time")
    looks = (WARM_S, WARM_S + BUCKET_S)
    second, batch = (
        measure.run(SHARD, size, looks).between() for size in (round(SHARD.symbols * SHARD.rate), BATCH)
    )
    return second, batch


def _uptime(ground: Ground, measure: Measure, hours: int) -> Run:
    ground.say(f"growth: {hours} hours in one process")
    return measure.run(DAY, BATCH, [hour * HOUR_S for hour in range(hours + 1)])


def _history(ground: Ground, hours: tuple[int, ...]) -> Points:
    """Return the seconds of a backtest of so many hours of one symbol in a file, of the fastest repeat."""
    points = []
    for hour in hours:
        ground.say(f"growth: a backtest of {hour} hours")
        file = backtest.parquet(ground.scratch / f"BTCUSDT-{hour}-hours.parquet", hour * HOUR_S)
        points.append((float(hour), min(backtest.measured(file)[0] for _ in range(ground.sizes.repeats))))
    return tuple(points)
