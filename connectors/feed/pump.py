"""The loop of every feed: take the next record, wait until it is due, send it, say how far one is."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from connectors.feed.meter import Meter
from connectors.feed.pace import Pace
from connectors.feed.stop import stop_on_signal
from connectors.kafka.delivery import Delivery
from models.ticks import MAX_RECORD_BYTES


class Outgoing(NamedTuple):
    """A record on its way to the topic."""

    ts: int  # record timestamp, ns
    key: str
    value: bytes
    kind: str = ""
    """What a simulator made it to be; not sent."""


@dataclass(slots=True, kw_only=True)
class Summary:
    """What a feed did. All records counted here are delivered."""

    topic: str
    records: int = 0
    bytes: int = 0
    too_large: int = 0
    """Left out: over 1 MB, which no reader of the topic would look into."""
    symbols: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    first_ts: int | None = None
    last_ts: int | None = None
    seconds: float = 0.0
    stopped: bool = False
    """A signal ended it early."""

    def count(self, record: Outgoing) -> None:
        """Add a record that was sent."""
        self.records += 1
        self.bytes += len(record.value)
        self.symbols[record.key] += 1
        if record.kind:
            self.kinds[record.kind] += 1
        self.first_ts = record.ts if self.first_ts is None else self.first_ts
        self.last_ts = record.ts


def pump(
    records: Iterable[Outgoing],
    delivery: Delivery,
    summary: Summary,
    *,
    pace: Pace,
    meter: Meter,
    done: Callable[[], float | None],
) -> None:
    """Send ``records`` as they fall due until they or the user end it, and see them delivered.

    ``done`` tells the share of the whole that has been read. Raises ``DeliveryError`` for a lost record.
    """
    began = time.monotonic()
    with meter, stop_on_signal() as asked:
        for record in records:
            while (delay := pace.delay(record.ts)) and not asked():
                delivery.wait(delay)
                meter.update(summary.records, done())
            if asked():
                summary.stopped = True
                break
            if len(record.value) > MAX_RECORD_BYTES:
                summary.too_large += 1
                continue
            delivery.send(record.key.encode(), record.value, record.ts)
            summary.count(record)
            if summary.records % 1_000 == 0:
                meter.update(summary.records, done())
        delivery.finish()
    summary.seconds = time.monotonic() - began
