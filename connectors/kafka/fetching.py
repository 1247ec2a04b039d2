"""Tick records off a consumer, as columns.

They are read in small chunks and their messages let go at once: measured on large batches, this is 1.7 times
as fast, since the garbage collector would walk the whole process at every few hundred messages kept.
"""

from __future__ import annotations

from bisect import bisect_left
from operator import itemgetter
from typing import NamedTuple

from confluent_kafka import Consumer, Message

from connectors.kafka.errors import check

CHUNK = 250
"""Well below the 700 new objects at which the collector looks."""

_MS = itemgetter(1)


class Records(NamedTuple):
    """Consecutive records as parallel columns."""

    offsets: list[int]
    ms: list[int]  # record timestamps
    values: list[bytes | None]


class Fetched:
    """Records of one partition that were read and not yet taken."""

    def __init__(self, client: Consumer, name: str) -> None:
        self._client = client
        self._name = name
        self._offsets: list[int] = []
        self._ms: list[int] = []
        self._values: list[bytes | None] = []

    def __len__(self) -> int:
        return len(self._values)

    def take(self, size: int, limit: int | None) -> Records:
        """Return what lies before the offset ``limit``, reading up to ``size`` records if none are left.

        Never waits. Raises ``BrokerError`` if the client reports an error.
        """
        if not self._values:
            self._read(size)
        count = len(self) if limit is None else bisect_left(self._offsets, limit)
        taken = Records(self._offsets[:count], self._ms[:count], self._values[:count])
        del self._offsets[:count], self._ms[:count], self._values[:count]
        return taken

    def _read(self, size: int) -> None:
        while len(self) < size:
            messages = self._client.consume(min(CHUNK, size - len(self)), 0)
            if not messages:
                return
            for error in filter(None, map(Message.error, messages)):
                check(error, f"reading {self._name}")
            self._offsets += map(Message.offset, messages)  # type: ignore[arg-type]  # delivered: they have one
            self._ms += map(_MS, map(Message.timestamp, messages))
            self._values += map(Message.value, messages)
