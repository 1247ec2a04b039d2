"""The paper account as one of those that are killed."""

from __future__ import annotations

from connectors.codecs.signal import read_progress
from connectors.kafka.reading import tails
from connectors.kafka.topics import output
from flows.chaos.arena import Arena
from flows.chaos.worker import Worker
from models.judge.records import PROGRESS, Shard

_CLOSED = "closed"


class AccountWorker(Worker):
    """Its input is what the shards publish, and where it stands is a second that all of them have closed."""

    flow = "paper"

    def __init__(self, arena: Arena, shards: list[Shard]) -> None:
        super().__init__(arena, 0, shards)

    def goal(self) -> dict[str, int]:
        """Return the second below which all shards that have published anything have closed all."""
        bootstrap, topic = self._arena.settings.kafka_bootstrap, output(PROGRESS, self._arena.settings)
        found = (tails(bootstrap, [topic], shard.number).get(topic) for shard in self.shards)
        lasts = (tail.last.value() for tail in found if tail is not None and tail.last is not None)
        return {_CLOSED: min((read_progress(value or b"").second for value in lasts), default=0)}

    def stands(self, goal: dict[str, int]) -> bool:
        """Return whether it has taken in everything below that second."""
        found = self.health()
        return found is not None and (found["second"] or 0) >= goal[_CLOSED]
