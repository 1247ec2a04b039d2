"""What the guard tells of a run, as it comes."""

from __future__ import annotations

from typing import Any

import orjson

from connectors.kafka.listening import Listener
from connectors.kafka.topics import output
from connectors.settings import Settings
from models.guard.records import ROLLOUT, TOPICS

Body = dict[str, Any]


class Told:
    """The records of the guard's topics, in their order; ``poll`` takes in what has come."""

    def __init__(self, settings: Settings) -> None:
        self.records: dict[str, list[Body]] = {topic: [] for topic in TOPICS}
        self._names = {output(topic, settings): topic for topic in TOPICS}
        self._listener = Listener(settings.kafka_bootstrap, list(self._names))

    def poll(self, wait_s: float = 0.0) -> None:
        """Take in what has come, waiting so long if there is nothing."""
        for word in self._listener.poll(wait_s):
            self.records[self._names[word.topic]].append(orjson.loads(word.value))

    def of(self, event: str) -> list[Body]:
        """Return the records of a run's event."""
        return [body for body in self.records[ROLLOUT] if body["event"] == event]

    def close(self) -> None:
        """Leave the broker."""
        self._listener.close()
