"""What a broker keeps: partitions as lists of records, which survive every process."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

Place = tuple[str, int]
"""A topic and its partition."""

Headers = list[tuple[str, bytes]]


class Stored(NamedTuple):
    """A record of a partition; ``ms`` is its timestamp."""

    key: bytes | None
    value: bytes | None
    headers: Headers | None
    ms: int


UNSEEN = Stored(None, None, None, -1)
"""What takes a place in a log but is shown to nobody: a transaction's end, or a record of an aborted one."""


class Broker:
    """Partitions by place; a record's offset is its index, and nothing is ever deleted."""

    def __init__(self) -> None:
        self.logs: dict[Place, list[Stored]] = defaultdict(list)

    def append(self, where: Place, record: Stored) -> int:
        """Write a record and return its offset."""
        log = self.logs[where]
        log.append(record)
        return len(log) - 1

    def seen(self, topic: str, partition: int) -> list[Stored]:
        """Return the records that readers are shown."""
        return [one for one in self.logs[topic, partition] if one is not UNSEEN]

    def end(self, topic: str, partition: int) -> int:
        """Return the offset behind the last record."""
        return len(self.logs[topic, partition])

    def only(self, *topics: str) -> Broker:
        """Return a copy that holds these topics alone."""
        copy = Broker()
        for (topic, partition), log in self.logs.items():
            if topic in topics:
                copy.logs[topic, partition] = list(log)
        return copy
