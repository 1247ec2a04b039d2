"""What the product tells meanwhile: every record of some topics, with the broker's time of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import orjson

from connectors.kafka.listening import Listener
from connectors.kafka.topics import output
from connectors.settings import Settings
from flows.chaos.worker import ChaosError
from models.judge.records import DLQ

Plain = dict[str, Any]


class Note(NamedTuple):
    """A record: the broker's time, ms, and its body; of a dead letter its headers."""

    ms: int
    body: Plain


class Heard:
    """Reads some topics from their present beginning; ``notes`` are by topic."""

    def __init__(self, settings: Settings, topics: Sequence[str]) -> None:
        self.notes: dict[str, list[Note]] = {topic: [] for topic in topics}
        self._names = {output(topic, settings): topic for topic in topics}
        self._listener = Listener(settings.kafka_bootstrap, list(self._names))

    def poll(self, wait_s: float = 0.05) -> None:
        """Take in what has come, waiting so long for it."""
        for word in self._listener.poll(wait_s):
            topic = self._names[word.topic]
            body = word.headers if topic == DLQ else orjson.loads(word.value)
            self.notes[topic].append(Note(word.ms, body))

    def until(self, holds: Callable[[], bool], within_s: float) -> bool:
        """Read on until something holds; return whether it did in time."""
        deadline = time.monotonic() + within_s
        while not holds():
            if time.monotonic() > deadline:
                return False
            self.poll()
        return True

    def must(self, holds: Callable[[], bool], within_s: float, what: str) -> None:
        """Read on until something holds; raise ``ChaosError`` if it does not in time."""
        if not self.until(holds, within_s):
            raise ChaosError(f"waited {within_s:.0f} s for {what}")

    def since(self, topic: str, ms: int) -> list[Note]:
        """Return the notes of a topic from a time on, in the order of time."""
        return sorted((note for note in self.notes[topic] if note.ms >= ms), key=lambda note: note.ms)

    def close(self) -> None:
        """Leave the broker."""
        self._listener.close()
