"""A simulated market into Kafka: live as long as it is wanted, or a stretch of the past as fast as can be.

Live (speed 1 or less) the market begins now and each record is sent when its time has come. Faster than that
it must have an end (``seconds`` or ``records``) and lies in the past, its last record just behind the clock.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile

from connectors.feed.errors import FeedError
from connectors.feed.meter import Meter
from connectors.feed.pace import Pace
from connectors.feed.pump import Outgoing, Summary, pump
from connectors.feed.times import SECOND
from connectors.kafka.delivery import Delivery
from models.simulator import MarketSpec, Record, simulate

MILLI = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What to simulate and how to feed it."""

    market: MarketSpec
    topic: str
    bootstrap: str
    seed: int = 0
    speed: float = 1.0
    seconds: float | None = None
    """Of the market's time."""
    records: int | None = None
    """Exactly so many; without faults each of them is one tick."""
    start_ts: int | None = None
    """Begin of the market in ns, instead of one which follows from the clock: then all bytes are fixed."""


def feed_simulation(plan: Simulation, *, visible: bool = True) -> Summary:
    """Feed the market of ``plan`` and return what was done.

    Raises ``FeedError`` for a plan that cannot be met, and what ``Delivery`` raises.
    """
    summary = Summary(topic=plan.topic)
    with Delivery(plan.bootstrap, plan.topic) as delivery:
        start_ts = started(plan, time.time_ns())
        records = map(_outgoing, bounded(plan, start_ts))
        pace, meter = Pace(plan.speed, origin=start_ts), Meter("simulate", visible=visible)
        pump(records, delivery, summary, pace=pace, meter=meter, done=lambda: _share(plan, summary))
    return summary


def bounded(plan: Simulation, start_ts: int) -> Iterator[Record]:
    """Yield the records of ``plan`` when the market begins at ``start_ts``."""
    records: Iterator[Record] = simulate(plan.market, plan.seed, start_ts)
    if plan.seconds is not None:
        end = start_ts + int(plan.seconds * SECOND)
        records = takewhile(lambda record: record.record_ts < end, records)
    return islice(records, plan.records)


def started(plan: Simulation, now: int) -> int:
    """Return when the market begins, ns, such that no record will be ahead of the clock when it is sent."""
    length = _length(plan) if plan.speed > 1.0 else 0
    if plan.start_ts is None:
        return (now - length) // MILLI * MILLI
    if plan.start_ts + length > now:
        raise FeedError("this market would run ahead of the clock: begin earlier, or make it shorter")
    return plan.start_ts


def _length(plan: Simulation) -> int:
    # From the start to behind the last record. The draws do not depend on the start: a rehearsal tells.
    if plan.seconds is None and plan.records is None:
        raise FeedError("a market faster than live needs an end: give --seconds or --ticks")
    if plan.records is None:
        return math.ceil((plan.seconds or 0) * SECOND)
    last = 0
    for record in bounded(plan, 0):
        last = record.record_ts
    return last + MILLI


def _outgoing(record: Record) -> Outgoing:
    return Outgoing(record.record_ts, record.key.decode(), record.value, record.kind.name.lower())


def _share(plan: Simulation, summary: Summary) -> float | None:
    if plan.records is not None:
        return summary.records / plan.records
    if plan.seconds is None or summary.first_ts is None or summary.last_ts is None:
        return None
    return (summary.last_ts - summary.first_ts) / (plan.seconds * SECOND)
