"""Listening to whole topics from outside the product: every record of every partition, as it comes.

Delivery: every record that is retained, once, in the order of its partition. One connection for all topics.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from confluent_kafka import TopicPartition

from connectors.kafka.clients import consumer
from connectors.kafka.errors import check
from connectors.kafka.messages import headers_of, timestamp_ms
from connectors.kafka.topics import existing

MOST = 5_000
"""Records that one poll takes at most."""


class Word(NamedTuple):
    """A record: its topic, the broker's time of it, ms, its bytes, and its headers as text."""

    topic: str
    ms: int
    value: bytes
    headers: dict[str, str]


class Listener:
    """Begins with the first record of each partition; topics must exist."""

    def __init__(self, bootstrap: str, topics: Sequence[str]) -> None:
        have = existing(bootstrap)
        self._client = consumer(bootstrap)
        self._client.assign(
            [TopicPartition(name, place, 0) for name in topics for place in range(have[name])]
        )

    def poll(self, wait_s: float) -> Iterator[Word]:
        """Yield what has come, waiting so long for it; raise ``BrokerError`` where reading fails."""
        for message in self._client.consume(MOST, wait_s):
            topic = message.topic() or ""
            check(message.error(), f"listening to {topic}")
            headers = {name: value.decode() for name, value in headers_of(message)}
            yield Word(topic, timestamp_ms(message), message.value() or b"", headers)

    def close(self) -> None:
        """Leave the broker."""
        self._client.close()
