"""One partition of an output topic around a moment: its records are nearly in the order of their times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import orjson

from connectors.kafka.messages import offset_of
from connectors.kafka.reading import ends, read_range

Client = Any
"""A consumer, as ``connectors.kafka.clients.reader`` gives it."""
Plain = dict[str, Any]
NS = 10**9
DISORDER_NS = 60 * NS
"""Records of a partition are in the order of their ``ts`` but for so much."""
TAIL = 4_096
"""Records that are read rather than looked through for a shorter way."""

Told = Callable[[int], None]


class Body(NamedTuple):
    """A record: the symbol that is its key, and what it says."""

    symbol: str
    plain: Plain


class PartitionLog:
    """What a partition keeps up to its present end."""

    def __init__(self, client: Client, topic: str, partition: int, told: Told) -> None:
        self.topic, self.partition = topic, partition
        self._client, self._told = client, told
        self.low, self.high = ends(client, topic, partition)

    def around(self, ts: int) -> Iterator[Body]:
        """Yield the records whose ``ts`` may be that one, ns."""
        for _, body in self._read(self._before(ts - DISORDER_NS), self.high):
            if body.plain["ts"] > ts + DISORDER_NS:
                return
            yield body

    def newest(self) -> Iterator[list[Body]]:
        """Yield stretches of the log, each with its records, the last stretch first."""
        end, size = self.high, TAIL
        while end > self.low:
            start = max(self.low, end - size)
            yield [body for _, body in self._read(start, end)]
            end, size = start, size * 4

    def first(self) -> Body | None:
        """Return the oldest record that is kept, None where there is none."""
        return next((body for _, body in self._read(self.low, self.high)), None)

    def _before(self, ts: int) -> int:
        """Return an offset in front of the records from ``ts`` on, by so few looks as are worth it."""
        low, high = self.low, self.high
        while high - low > TAIL:
            middle = (low + high) // 2
            found = next(self._read(middle, self.high), None)
            if found is None or found[1].plain["ts"] >= ts:
                high = middle
            else:
                low = middle
        return low

    def _read(self, start: int, end: int) -> Iterator[tuple[int, Body]]:
        for message in read_range(self._client, self.topic, self.partition, start, end):
            self._told(1)
            key = (message.key() or b"").decode()
            yield offset_of(message), Body(key, orjson.loads(message.value() or b"{}"))
