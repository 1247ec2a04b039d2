"""Bounded reads of a partition: a range to its present end, or the last record of many."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import NamedTuple

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from connectors.kafka.clients import reader
from connectors.kafka.errors import BrokerError, check
from connectors.kafka.messages import offset_of

PATIENCE_S = 30.0
ASK_AGAIN_S = 0.1
PASSING = {
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.REQUEST_TIMED_OUT,
    KafkaError._TRANSPORT,
}
"""What a broker that is starting or stopping answers."""


def ends(client: Consumer, topic: str, partition: int) -> tuple[int, int]:
    """Return the low and high watermark offsets as the broker tells them now.

    A broker that is just coming back is asked again; raise ``BrokerError`` if it does not tell them.
    """
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            low, high = client.get_watermark_offsets(TopicPartition(topic, partition), timeout=PATIENCE_S)
            return int(low), int(high)
        except KafkaException as error:
            if error.args[0].code() not in PASSING or time.monotonic() > deadline:
                raise BrokerError(f"the ends of {topic}/{partition}: {error.args[0].str()}") from error
        threading.Event().wait(ASK_AGAIN_S)


def read_range(client: Consumer, topic: str, partition: int, start: int, end: int) -> Iterator[Message]:
    """Yield the records of ``[start, end)`` in order; raise ``BrokerError`` if they do not come.

    Where transactions may have written, the client must be a ``reader``.
    """
    if start >= end:
        return
    client.assign([TopicPartition(topic, partition, start)])
    deadline = time.monotonic() + PATIENCE_S
    while True:
        for message in client.consume(1_000, 0.1):
            if _is_end(message):
                return
            check(message.error(), f"reading {topic}/{partition}")
            if offset_of(message) < end:
                yield message
            if offset_of(message) >= end - 1:
                return
            deadline = time.monotonic() + PATIENCE_S
        if time.monotonic() > deadline:
            raise BrokerError(f"reading {topic}/{partition} up to {end}: nothing came for {PATIENCE_S:.0f} s")


class Tail(NamedTuple):
    """The end of a partition: its last record, None where all are gone by retention, and its end offset."""

    last: Message | None
    end: int


def tails(bootstrap: str, topics: Sequence[str], partition: int) -> dict[str, Tail]:
    """Return the end of a partition of each topic, without those to which nothing was ever published.

    What was aborted, and the markers of transactions, are no records: further back is looked then.
    """
    found: dict[str, Message] = {}
    with closing(reader(bootstrap)) as client:
        left = {topic: ends(client, topic, partition) for topic in topics}
        bounds = dict(left)
        back = 1
        while left := {topic: (low, high) for topic, (low, high) in left.items() if high > low}:
            starts = {topic: max(low, high - back) for topic, (low, high) in left.items()}
            found |= _last_behind(client, starts, partition)
            left = {t: (left[t][0], starts[t]) for t in left if t not in found}
            back *= 16
    return {
        topic: Tail(found.get(topic), high)
        for topic, (low, high) in bounds.items()
        if topic in found or low > 0
    }


def _last_behind(client: Consumer, starts: Mapping[str, int], partition: int) -> dict[str, Message]:
    """Return the last records at or behind the given offsets, none where only markers are there."""
    client.assign([TopicPartition(topic, partition, offset) for topic, offset in starts.items()])
    found: dict[str, Message] = {}
    reading = set(starts)
    deadline = time.monotonic() + PATIENCE_S
    while reading:
        for message in client.consume(1_000, 0.05):
            topic = message.topic() or ""
            if _is_end(message):
                reading.discard(topic)
            else:
                check(message.error(), f"reading the last record of {topic}/{partition}")
                found[topic] = message
        if time.monotonic() > deadline:
            names = ", ".join(sorted(reading))
            raise BrokerError(f"the last record of {names} (partition {partition}) did not come")
    return found


def _is_end(message: Message) -> bool:
    error = message.error()
    return error is not None and error.code() == KafkaError._PARTITION_EOF
