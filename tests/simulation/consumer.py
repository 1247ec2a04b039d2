"""Twins of the clients that read, as far as the signals flow uses them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from confluent_kafka import Message, TopicPartition

from tests.simulation.broker import UNSEEN, Place
from tests.simulation.messages import end_of, message
from tests.simulation.plan import START
from tests.simulation.world import World


class Consumer:
    """Reads assigned partitions. A read that may not wait is followed by one that finds nothing."""

    def __init__(self, world: World, config: dict[str, Any], logger: object = None) -> None:
        self._world = world
        self._tells_ends = bool(config.get("enable.partition.eof"))
        self._at: dict[Place, int] = {}
        self._told: set[Place] = set()
        self._pause = False

    def get_watermark_offsets(self, where: TopicPartition, timeout: float = 0) -> tuple[int, int]:
        """Return the first offset and the end."""
        self._world.wait(timeout)
        self._world.moment(START)
        return 0, self._world.broker.end(where.topic, where.partition)

    def assign(self, places: Sequence[TopicPartition]) -> None:
        """Read these partitions from these offsets on."""
        self._at = {(place.topic, place.partition): place.offset for place in places}
        self._told.clear()

    def consume(self, count: int, timeout: float) -> list[Message]:
        """Return up to ``count`` records, fewer at the seed's will."""
        self._world.wait(timeout)
        self._world.moment(START) if timeout else self._world.point()
        self._pause = not self._pause and timeout == 0
        if self._world.hangs or (timeout == 0 and not self._pause):
            return []
        most = count if timeout else min(count, self._world.rng.randint(0, self._world.plan.fetch))
        return [one for where in self._at for one in self._read(where, most)]

    def close(self) -> None:
        """Leave."""

    def _read(self, where: Place, most: int) -> list[Message]:
        start = self._at[where]
        found = self._world.broker.logs[where][start : start + most]
        self._at[where] = start + len(found)
        messages = [message(where, at, one) for at, one in enumerate(found, start) if one is not UNSEEN]
        if self._tells_ends and not found and where not in self._told:
            self._told.add(where)
            messages.append(end_of(where, start))
        return messages


class _Answer(NamedTuple):
    """The end of a partition as it was when it was asked for; it may be long in coming."""

    world: World
    offset: int

    def done(self) -> bool:
        return not self.world.hangs and self.world.rng.random() < 0.7

    def result(self, timeout: float = 0) -> _Answer:
        return self


class Admin:
    """Tells the ends of partitions."""

    def __init__(self, world: World, config: dict[str, Any], logger: object = None) -> None:
        self._world = world

    def list_offsets(self, wanted: dict[TopicPartition, object]) -> dict[TopicPartition, _Answer]:
        """Ask for the present ends."""
        end = self._world.broker.end
        return {where: _Answer(self._world, end(where.topic, where.partition)) for where in wanted}
