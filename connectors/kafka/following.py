"""Following several partitions at once from outside: every record, each partition in its order.

Delivery: at least nothing is skipped; after a new connection it goes on behind the last record it gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from confluent_kafka import Consumer, TopicPartition

from connectors.kafka.clients import consumer
from connectors.kafka.errors import check
from connectors.kafka.messages import offset_of, partition_of, timestamp_ms

_MOST, _PATIENCE_S, _FETCH_WAIT_MS = 2_000, 0.02, 5
Where = tuple[str, int]
"""A topic and one of its partitions."""


class Found(NamedTuple):
    """A record: where it was found, the broker's time of it, and its bytes."""

    topic: str
    partition: int
    ms: int
    value: bytes


class Following:
    """A reader of partitions from given offsets on."""

    def __init__(self, bootstrap: str, offsets: Mapping[Where, int]) -> None:
        self._bootstrap = bootstrap
        self._next = dict(offsets)
        self._client = self._opened()

    def poll(self) -> list[Found]:
        """Return what has come, after at most 20 ms; raise ``BrokerError`` where reading fails."""
        found = []
        for message in self._client.consume(_MOST, _PATIENCE_S):
            topic = message.topic() or ""
            check(message.error(), f"reading {topic}")
            where = (topic, partition_of(message))
            self._next[where] = offset_of(message) + 1
            found.append(Found(*where, timestamp_ms(message), message.value() or b""))
        return found

    def reconnect(self) -> None:
        """Go on with a new connection, such as to a broker that was restarted."""
        self._client.close()
        self._client = self._opened()

    def close(self) -> None:
        """Leave the broker."""
        self._client.close()

    def _opened(self) -> Consumer:
        client = consumer(self._bootstrap, fetch_wait_max_ms=_FETCH_WAIT_MS)
        client.assign([TopicPartition(*where, offset) for where, offset in self._next.items()])
        return client
