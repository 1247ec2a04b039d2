"""Records as the Kafka client hands them over: its own message class, made by hand."""

from __future__ import annotations

from confluent_kafka import KafkaError, Message

from tests.simulation.broker import Place, Stored


def message(where: Place, offset: int, one: Stored) -> Message:
    """Return a record of a partition."""
    topic, partition = where
    return Message(
        topic=topic, partition=partition, offset=offset, key=one.key, value=one.value, headers=one.headers,
        timestamp=(1, one.ms),
    )  # fmt: skip


def end_of(where: Place, offset: int) -> Message:
    """Return the event that a partition ends here."""
    topic, partition = where
    error = KafkaError(KafkaError._PARTITION_EOF)
    return Message(topic=topic, partition=partition, offset=offset, error=error)
