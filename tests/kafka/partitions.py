"""Partitions as tests fill and read them: records in, all records out; and a broker that hangs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from confluent_kafka import Message

from connectors.embedded import EmbeddedBroker
from connectors.kafka.clients import producer, reader
from connectors.kafka.reading import ends, read_range


def fill(bootstrap: str, topic: str, values: Iterable[bytes], **settings: Any) -> None:
    """Append records without a key to partition 0 of a topic."""
    # half a second faster than the product's, which asks for a producer id first
    sender = producer(bootstrap, linger_ms=0, enable_idempotence=False, **settings)
    for value in values:
        sender.produce(topic, value, partition=0)
    assert sender.flush(20) == 0


def records(bootstrap: str, topic: str, partition: int = 0) -> list[Message]:
    """Return everything on a partition, in order."""
    with closing(reader(bootstrap)) as client:
        return list(read_range(client, topic, partition, *ends(client, topic, partition)))


def values(bootstrap: str, topic: str, partition: int = 0) -> list[bytes | None]:
    """Return the values on a partition, in order."""
    return [one.value() for one in records(bootstrap, topic, partition)]


@contextmanager
def hanging(broker: EmbeddedBroker) -> Iterator[None]:
    """Let the broker answer nothing for a while."""
    broker.pause()
    try:
        yield
    finally:
        broker.resume()
