"""The only writer of a shard's output partitions, on all topics.

Delivery: exactly once by ordinals. What is in the log is always a prefix of what the shard emits, so at
start the last record of each partition tells how far that prefix reaches; re-emitted records up to it are
suppressed, and a jump is refused. Unit of parallelism: the shard.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from bytewax.outputs import FixedPartitionedSink, StatefulSinkPartition
from confluent_kafka import KafkaError, Message

from connectors.codecs.wire import Encoded, Place
from connectors.failpoints import reach
from connectors.kafka.errors import BrokerError
from connectors.kafka.outlets import Outlet, Outlets
from models.judge.records import Emission, Observed, Shard

Emitted = Emission | Observed
Published = tuple[Emitted, list[Encoded]]
E = TypeVar("E")
"""What a stage emitted, which the sink hands on once its records are delivered."""
OnDelivered = Callable[[Shard, list[E]], None]
OnSuppressed = Callable[[Shard, Encoded], None]
OnAcknowledged = Callable[[Shard, list[E], int], None]
"""Told of the same emissions just before, with the wall clock at which the broker had the last record, ns."""

FULL_QUEUE_WITHIN_S = 30.0
FLUSH_WITHIN_S = 30.0
MOST_UNDER_WAY = 2_000


class Batch(Generic[E]):
    """Records on their way; counts down as the broker acknowledges them, and takes the time if ``timed``."""

    def __init__(self, emissions: list[E], timed: bool = False) -> None:
        self.emissions = emissions
        self._timed = timed
        self.missing = 0
        self.error: str | None = None
        self._written_at = 0
        self._took_s = 0.0

    def written(self) -> None:
        """Note that all records are handed over; reports that came by now came meanwhile."""
        if self._timed:
            self._written_at, self._took_s = time.time_ns(), 0.0

    @property
    def acknowledged_at(self) -> int:
        """Return when the broker had the last record, ns; reports themselves are only served now and then."""
        return self._written_at + int(self._took_s * 1e9)

    def delivered(self, error: KafkaError | None, message: Message) -> None:
        """Take in a delivery report."""
        self.missing -= 1
        if error is not None:
            self.error = f"{message.topic()}/{message.partition()}: {error.str()}"
        elif self._timed and not self.missing:
            self._took_s = message.latency() or 0.0


class ShardSink(StatefulSinkPartition[tuple[E, list[Encoded]], None], Generic[E]):
    """Publishes one shard's records and reports them once the broker has them."""

    def __init__(
        self,
        shard: Shard,
        outlet: Outlet,
        last: dict[str, Place],
        suffix: str,
        on_delivered: OnDelivered[E],
        on_suppressed: OnSuppressed | None = None,
        on_acknowledged: OnAcknowledged[E] | None = None,
    ) -> None:
        self._shard = shard
        self._outlet = outlet
        self._next = {topic: place.ordinal + 1 for topic, place in last.items()}
        self._suffix = suffix
        self._on_delivered = on_delivered
        self._on_suppressed = on_suppressed
        self._on_acknowledged = on_acknowledged
        self._waiting: deque[Batch[E]] = deque()
        self.suppressed = 0

    def write_batch(self, items: list[tuple[E, list[Encoded]]]) -> None:
        """Produce what is not in the log yet; raise ``BrokerError`` if anything before failed."""
        batch = Batch([emission for emission, _ in items], self._on_acknowledged is not None)
        for _, records in items:
            for record in records:
                self._write(record, batch)
        self._outlet.commit()
        batch.written()
        self._waiting.append(batch)
        self._settle()
        self._relieve()

    def snapshot(self) -> None:
        """Wait until everything is in the log: nothing is durable that is not published."""
        reach("snapshot.flushing")
        left = self._outlet.flush(FLUSH_WITHIN_S)
        self._settle()
        if left or self._waiting:
            raise BrokerError(
                f"shard {self._shard.key}: the broker did not acknowledge {left} records for "
                f"{FLUSH_WITHIN_S:.0f} s; they may be in the log: start again"
            )
        reach("snapshot.flushed")

    def close(self) -> None:
        """Wait for the reports that are due; must not raise while a failure unwinds."""
        self._outlet.flush(FLUSH_WITHIN_S)

    def _write(self, record: Encoded, batch: Batch[E]) -> None:
        expected = self._next.get(record.topic, 0)
        if record.ordinal < expected:
            self.suppressed += 1
            if self._on_suppressed is not None:
                self._on_suppressed(self._shard, record)
            return
        if record.ordinal > expected:
            raise BrokerError(
                f"shard {self._shard.key}: {record.topic} would jump from ordinal {expected - 1} to "
                f"{record.ordinal}; the topic lost records or belongs to another run: see levibot doctor"
            )
        reach("sink.producing")
        try:
            self._produce(record, batch)
        except BufferError:
            self._produce_when_there_is_room(record, batch)
        reach("sink.produced")
        self._next[record.topic] = expected + 1
        batch.missing += 1

    def _produce(self, record: Encoded, batch: Batch[E]) -> None:
        topic, key, value, headers, _ = record
        self._outlet.send(topic + self._suffix, self._shard.number, value, key, headers, batch.delivered)

    def _produce_when_there_is_room(self, record: Encoded, batch: Batch[E]) -> None:
        deadline = time.monotonic() + FULL_QUEUE_WITHIN_S
        while True:
            self._outlet.poll(0.05)
            try:
                return self._produce(record, batch)
            except BufferError as full:
                if time.monotonic() > deadline:
                    raise BrokerError("the broker takes no records; its queue stayed full") from full

    def _relieve(self) -> None:
        """Wait while much is under way, so that the flush before a snapshot is short."""
        deadline = time.monotonic() + FULL_QUEUE_WITHIN_S
        while self._outlet.under_way() > MOST_UNDER_WAY:
            self._outlet.poll(0.001)
            if time.monotonic() > deadline:
                raise BrokerError("the broker takes no records; its queue stayed full")

    def _settle(self) -> None:
        """Hand on the batches that are in the log, in order."""
        self._outlet.poll(0)
        while self._waiting and (self._waiting[0].missing == 0 or self._waiting[0].error):
            batch = self._waiting.popleft()
            if batch.error:
                raise BrokerError(f"delivery failed: {batch.error}; it may be in the log: start again")
            reach("sink.delivered")
            if self._on_acknowledged is not None:
                self._on_acknowledged(self._shard, batch.emissions, batch.acknowledged_at)
            self._on_delivered(self._shard, batch.emissions)


class ShardSinks(FixedPartitionedSink[tuple[E, list[Encoded]], None], Generic[E]):
    """One sink for all shards of this instance and all topics."""

    def __init__(
        self,
        shards: list[Shard],
        outlets: Outlets,
        last: Callable[[Shard], dict[str, Place]],
        suffix: str,
        on_delivered: OnDelivered[E],
        on_suppressed: OnSuppressed | None = None,
        on_acknowledged: OnAcknowledged[E] | None = None,
    ) -> None:
        self._shards = {shard.key: shard for shard in shards}
        self._outlets = outlets
        self._last = last
        self._suffix = suffix
        self._on_delivered = on_delivered
        self._on_suppressed = on_suppressed
        self._on_acknowledged = on_acknowledged

    def list_parts(self) -> list[str]:
        """Return the keys of the shards."""
        return sorted(self._shards)

    def part_fn(self, item_key: str) -> int:
        """Return the place of a shard in the sorted list of parts."""
        return sorted(self._shards).index(item_key)

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> ShardSink[E]:
        """Take over one shard's output partitions from where their last records stand."""
        shard = self._shards[for_part]
        last = self._last(shard)
        return ShardSink(
            shard,
            self._outlets.open(shard),
            last,
            self._suffix,
            self._on_delivered,
            self._on_suppressed,
            self._on_acknowledged,
        )
