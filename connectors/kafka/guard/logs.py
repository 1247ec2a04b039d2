"""What everybody publishes, read side by side, and handed on up to a vector of places.

Delivery: every record of each partition in its order, from the starts on. Unit of parallelism: the guard,
which reads all partitions.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from confluent_kafka import Message, TopicPartition

from connectors.codecs.guard import Reading
from connectors.kafka.clients import consumer
from connectors.kafka.errors import BrokerError, check
from connectors.kafka.messages import offset_of, timestamp_ms
from connectors.kafka.reading import PATIENCE_S
from models.guard.inputs import PROGRESS, Told

CHUNK = 2_000
MOST_WAITING = 20_000
"""Records that are read ahead at most: a look ends there."""


class Source(NamedTuple):
    """A partition: ``topic`` is its plain name, ``stored`` that of the broker."""

    topic: str
    stored: str
    partition: int

    @property
    def key(self) -> str:
        """Return how a vector names it."""
        return f"{self.topic}/{self.partition}"


class Logs:
    """All partitions behind one consumer; ``starts`` has the first offset of each by its key."""

    def __init__(
        self, bootstrap: str, sources: Sequence[Source], starts: Mapping[str, int], reading: Reading
    ) -> None:
        self._sources = {(source.stored, source.partition): source for source in sources}
        self._order = [source.key for source in sources]
        self._reading = reading
        self._waiting: dict[str, deque[tuple[int, Told]]] = {source.key: deque() for source in sources}
        self._fetched = {source.key: starts[source.key] for source in sources}
        self.given = dict(self._fetched)
        """By partition, the offset behind what was handed on."""
        self._client = consumer(bootstrap)
        self._client.assign([TopicPartition(s.stored, s.partition, starts[s.key]) for s in sources])

    def poll(self) -> None:
        """Take in what has arrived, if not too much is waiting."""
        if self.waiting < MOST_WAITING:
            self._take(self._client.consume(CHUNK, 0))

    @property
    def waiting(self) -> int:
        """Return how many records have been read and not handed on."""
        return sum(map(len, self._waiting.values()))

    def ends(self) -> dict[str, int]:
        """Return, of the partitions with anything waiting, the offset behind it."""
        return {key: self._fetched[key] for key in self._order if self._waiting[key]}

    def read(self) -> list[int]:
        """Return the shards whose progress has been read to its end, as far as the client knows."""
        return [
            source.partition
            for (stored, partition), source in self._sources.items()
            if source.topic == PROGRESS and self._at_end(stored, partition, self._fetched[source.key])
        ]

    def _at_end(self, stored: str, partition: int, fetched: int) -> bool:
        """Return whether a fetch has said that nothing lies behind an offset."""
        bounds = self._client.get_watermark_offsets(TopicPartition(stored, partition), cached=True)
        return bounds is not None and 0 <= bounds[1] <= fetched

    def take(self, to: Mapping[str, int]) -> tuple[Told, ...]:
        """Hand on what lies before the given offsets, partition by partition; wait for what is not here yet.

        Raise ``BrokerError`` if it does not come.
        """
        self._await(to)
        found: list[Told] = []
        for key in self._order:
            if key in to:
                waiting = self._waiting[key]
                while waiting and waiting[0][0] < to[key]:
                    found.append(waiting.popleft()[1])
                self.given[key] = to[key]
        return tuple(found)

    def close(self) -> None:
        """Leave the broker."""
        self._client.close()

    def _await(self, to: Mapping[str, int]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while missing := [key for key, end in to.items() if self._fetched[key] < end]:
            messages = self._client.consume(CHUNK, 0.05)
            self._take(messages)
            if messages:
                deadline = time.monotonic() + PATIENCE_S
            elif time.monotonic() > deadline:
                raise BrokerError(f"what the guard had looked at does not come again: {', '.join(missing)}")

    def _take(self, messages: Sequence[Message]) -> None:
        for message in messages:
            check(message.error(), "reading what the flows publish")
            source = self._sources[message.topic() or "", message.partition() or 0]
            offset = offset_of(message)
            body = self._reading.body(source.topic, message.value() or b"", timestamp_ms(message))
            told = Told(source.topic, source.partition, offset, timestamp_ms(message) * 1_000_000, body)
            self._waiting[source.key].append((offset, told))
            self._fetched[source.key] = offset + 1
