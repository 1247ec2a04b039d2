"""Recorded ticks no faster than their readers: a record waits until what reads it has come near enough.

The readers of a run steer it (a guard gives a challenger its share, or takes it away), and what they order
takes effect where the shards stand by then. Fed as fast as can be, a whole market would be over before the
first order arrives; in step with them an order arrives within ``ahead_s`` of the market's time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from connectors.feed.pump import Outgoing, Summary
from connectors.feed.times import SECOND
from connectors.kafka.delivery import Delivery
from models.ticks import MAX_RECORD_BYTES

LOOK_EVERY_S = 0.05
STRETCHES = 4


class Lockstep:
    """Lets records pass that are at most ``ahead_s`` of event time ahead of ``reached``, a second or None.

    Before anybody has reached anything, the records of the first ``ahead_s`` pass. Then they pass in
    stretches of at least a quarter of it: a shard closes many seconds at once for little more than one.
    """

    def __init__(self, reached: Callable[[], int | None], ahead_s: float) -> None:
        self._reached = reached
        self._ahead_ns = int(ahead_s * SECOND)
        self._bound: int | None = None

    def may_pass(self, ts: int) -> bool:
        """Return whether a record of ``ts`` (ns) may be sent; ask the readers only where it could not."""
        if self._bound is None:
            self._bound = ts + self._ahead_ns
        if ts > self._bound:
            reached = self._reached()
            bound = self._bound if reached is None else reached * SECOND + self._ahead_ns
            if bound - self._bound >= self._ahead_ns // STRETCHES:
                self._bound = bound
        return ts <= self._bound


def feed_in_step(
    records: Iterable[Outgoing],
    delivery: Delivery,
    summary: Summary,
    *,
    step: Lockstep,
    ended: Callable[[], bool],
) -> None:
    """Send records in step with their readers until they or ``ended`` end it, and see them delivered.

    ``ended`` is asked whenever a record has to wait. Raises ``DeliveryError`` for a lost record.
    """
    for record in records:
        while not step.may_pass(record.ts) and not summary.stopped:
            summary.stopped = ended()
            delivery.wait(LOOK_EVERY_S)
        if summary.stopped:
            break
        if len(record.value) > MAX_RECORD_BYTES:
            summary.too_large += 1
            continue
        delivery.send(record.key.encode(), record.value, record.ts)
        summary.count(record)
    delivery.finish()
