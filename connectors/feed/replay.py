"""Recorded captures into Kafka: as they were, or moved to the present, at any speed.

The time of receipt becomes the record timestamp (where none was recorded, the event time). Raw messages go in
byte for byte. The key is the symbol; a message that names none goes with the main symbol of its file, so that
everything of a file with one symbol lands in one partition, in order.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from operator import attrgetter
from pathlib import Path

from connectors.feed.errors import FeedError
from connectors.feed.files import Capture
from connectors.feed.meter import Meter
from connectors.feed.pace import Pace
from connectors.feed.pump import Outgoing, Summary, pump
from connectors.feed.times import SECOND, shifted
from connectors.kafka.delivery import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What to replay and how."""

    paths: tuple[Path, ...]
    topic: str
    bootstrap: str
    speed: float = math.inf
    """Times the recorded pace."""
    rebase: bool = False
    """Move all times together, by whole seconds: to end now, or to start now at speed 1 or less."""
    symbol: str | None = None
    limit: int | None = None


def replay(plan: Replay, *, visible: bool = True) -> tuple[Summary, list[Capture]]:
    """Feed the captures of ``plan``, merged by record time, and return what was done.

    Raises ``FeedError`` for what cannot be read, and what ``Delivery`` raises.
    """
    captures = [Capture(path, plan.symbol) for path in plan.paths]
    by = rebase_shift(plan, captures) if plan.rebase else 0
    summary = Summary(topic=plan.topic)
    total = sum(capture.source.size for capture in captures) or 1

    def done() -> float:
        read = sum(c.source.position for c in captures) / total
        return max(read, summary.records / plan.limit if plan.limit else 0.0)

    with Delivery(plan.bootstrap, plan.topic) as delivery:
        records = (moved(record, by) for record in merged(captures, plan.limit))
        meter = Meter("replay", visible=visible)
        pump(records, delivery, summary, pace=Pace(plan.speed), meter=meter, done=done)
    return summary, captures


def merged(captures: Sequence[Capture], limit: int | None = None) -> Iterator[Outgoing]:
    """Yield the records of all captures in the order of their times, those of one file in its own order."""
    return islice(heapq.merge(*map(_timed, captures), key=attrgetter("ts")), limit)


def rebase_shift(plan: Replay, captures: Sequence[Capture], now: int | None = None) -> int:
    """Return by how many ns the captures must be moved so that no record is ever ahead of the clock."""
    now = time.time_ns() if now is None else now
    times = (record.ts for record in merged(captures, plan.limit))
    anchor = next(times, None) if plan.speed <= 1.0 else max(times, default=None)
    return 0 if anchor is None else (now - anchor) // SECOND * SECOND


def moved(record: Outgoing, by: int) -> Outgoing:
    """Return the record ``by`` ns later, in its timestamp and in every time field of its payload."""
    return record if by == 0 else Outgoing(record.ts + by, record.key, shifted(record.value, by))


def _timed(capture: Capture) -> Iterator[Outgoing]:
    # A record without a time has that of the one before it; before the first time, that first time.
    records = iter(capture)
    opening = []
    for record in records:
        opening.append(record)
        if record.ts is not None:
            break
    last = opening[-1].ts if opening else None
    if opening and last is None:
        raise FeedError(f"{capture.path}: none of its {len(opening)} records has a time")
    for record in chain(opening, records):
        last = last if record.ts is None else record.ts
        assert last is not None
        yield Outgoing(last, record.key or capture.symbol, record.value)
