"""Reading back what a flow has published."""

from __future__ import annotations

from collections.abc import Iterator

from confluent_kafka import Message

from connectors.codecs.wire import decode_entry
from connectors.kafka.clients import consumer
from connectors.kafka.messages import timestamp_ms
from connectors.kafka.reading import ends, read_range
from connectors.kafka.topics import JOURNAL, output
from connectors.settings import Settings
from models.journal.entry import Entry
from models.journal.fold import Fold


def records(settings: Settings, topic: str, partition: int) -> Iterator[Message]:
    """Yield the records that a partition holds now, in order; ``topic`` is its full name."""
    client = consumer(settings.kafka_bootstrap)
    try:
        yield from read_range(client, topic, partition, *ends(client, topic, partition))
    finally:
        client.close()


def count(settings: Settings, name: str) -> int:
    """Return how many records an output topic has had."""
    client = consumer(settings.kafka_bootstrap)
    topic = output(name, settings)
    found = sum(ends(client, topic, partition)[1] for partition in range(settings.partitions))
    client.close()
    return found


def journal(settings: Settings, partition: int) -> Iterator[tuple[int, Entry]]:
    """Yield the entries of a shard that count, each with the broker's time of it in ms."""
    fold = Fold()
    for message in records(settings, output(JOURNAL, settings), partition):
        entry = decode_entry(message.value())
        if fold.take(entry):
            yield timestamp_ms(message), entry
