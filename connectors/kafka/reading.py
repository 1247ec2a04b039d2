"""Bounded reads of a partition: a range to its present end, or the last record of many."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from confluent_kafka import Consumer, Message, TopicPartition

from connectors.kafka.errors import BrokerError, check
from connectors.kafka.messages import offset_of

PATIENCE_S = 30.0


def ends(client: Consumer, topic: str, partition: int) -> tuple[int, int]:
    """Return the low and high watermark offsets as the broker tells them now."""
    low, high = client.get_watermark_offsets(TopicPartition(topic, partition), timeout=PATIENCE_S)
    return int(low), int(high)


def read_range(client: Consumer, topic: str, partition: int, start: int, end: int) -> Iterator[Message]:
    """Yield the records of ``[start, end)`` in order; raise ``BrokerError`` if they do not come."""
    if start >= end:
        return
    client.assign([TopicPartition(topic, partition, start)])
    deadline = time.monotonic() + PATIENCE_S
    while True:
        for message in client.consume(1_000, 0.1):
            check(message.error(), f"reading {topic}/{partition}")
            if offset_of(message) < end:
                yield message
            if offset_of(message) >= end - 1:
                return
            deadline = time.monotonic() + PATIENCE_S
        if time.monotonic() > deadline:
            raise BrokerError(f"reading {topic}/{partition} up to {end}: nothing came for {PATIENCE_S:.0f} s")


def last_records(client: Consumer, topics: Sequence[str], partition: int) -> dict[str, Message]:
    """Return the last record of a partition of each topic, without those that are empty."""
    found: dict[str, Message] = {}
    wanted: dict[str, int] = {}
    for topic in topics:
        low, high = ends(client, topic, partition)
        if high > low:
            wanted[topic] = high - 1
    client.assign([TopicPartition(topic, partition, offset) for topic, offset in wanted.items()])
    deadline = time.monotonic() + PATIENCE_S
    while len(found) < len(wanted):
        for message in client.consume(len(wanted), 0.05):
            check(message.error(), f"reading the last record of {message.topic()}/{partition}")
            found[message.topic() or ""] = message
        if time.monotonic() > deadline:
            missing = ", ".join(sorted(wanted.keys() - found.keys()))
            raise BrokerError(f"the last record of {missing} (partition {partition}) did not come")
    return found
