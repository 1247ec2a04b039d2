"""What the guard tells of a run, as it comes."""

from __future__ import annotations

from typing import Any

import orjson
from confluent_kafka import TopicPartition

from connectors.kafka.clients import consumer
from connectors.kafka.errors import check
from connectors.kafka.topics import output
from connectors.settings import Settings
from models.guard.records import ROLLOUT, TOPICS

Body = dict[str, Any]


class Told:
    """The records of the guard's topics, in their order; ``poll`` takes in what has come."""

    def __init__(self, settings: Settings) -> None:
        self.records: dict[str, list[Body]] = {topic: [] for topic in TOPICS}
        self._names = {output(topic, settings): topic for topic in TOPICS}
        self._client = consumer(settings.kafka_bootstrap)
        self._client.assign([TopicPartition(name, 0, 0) for name in self._names])

    def poll(self, wait_s: float = 0.0) -> None:
        """Take in what has come, waiting so long if there is nothing."""
        for message in self._client.consume(1_000, wait_s):
            check(message.error(), "reading what the guard tells")
            self.records[self._names[message.topic() or ""]].append(orjson.loads(message.value() or b""))

    def of(self, event: str) -> list[Body]:
        """Return the records of a run's event."""
        return [body for body in self.records[ROLLOUT] if body["event"] == event]

    def close(self) -> None:
        """Leave the broker."""
        self._client.close()
