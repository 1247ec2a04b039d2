"""Stretches of a tick topic for reading offline: what the last days hold, found by the records' own times.

The first record of a stretch is looked for by halving, not by the broker's index of times: an embedded broker
has none, and the records of a partition are in the order of their times but for their jitter.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

from confluent_kafka import Consumer

from connectors.kafka.clients import reader
from connectors.kafka.errors import TopicsError
from connectors.kafka.messages import offset_of, timestamp_ms
from connectors.kafka.reading import ends, read_range, tails
from connectors.kafka.topics import cluster_id, existing

DAY_MS = 86_400_000
NEVER_MS = 1 << 62


class TickRange(NamedTuple):
    """The offsets ``start`` to ``end`` (exclusive) of a partition."""

    topic: str
    partition: int
    start: int
    end: int


def cluster_of(bootstrap: str) -> str:
    """Return the broker's own name of its cluster; raise ``TopicsError`` if it is away."""
    return cluster_id(bootstrap)


def ranges(bootstrap: str, topic: str, days: float | None) -> list[TickRange]:
    """Return what each partition has of the last ``days`` before the newest record; None: all that is kept.

    Partitions without records are left out. Raises ``TopicsError`` if there is no such topic or no broker.
    """
    have = existing(bootstrap)
    if topic not in have:
        raise TopicsError(f"no topic {topic}; there are: {', '.join(sorted(have)) or 'none'}")
    numbers = range(have[topic])
    newest = {number: _newest_ms(bootstrap, topic, number) for number in numbers}
    told = [ms for ms in newest.values() if ms is not None]
    since = max(told) - int(days * DAY_MS) if told and days is not None else None
    with closing(reader(bootstrap)) as client:
        found = [_range(client, topic, n, since) for n in numbers if newest[n] is not None]
    return [one for one in found if one.start < one.end]


def read(bootstrap: str, where: TickRange) -> Iterator[tuple[int, int, bytes | None]]:
    """Yield offset, record timestamp (ms) and value of each record of a range, in order.

    Raises ``BrokerError`` where they do not come, or are gone by retention.
    """
    with closing(reader(bootstrap)) as client:
        for message in read_range(client, *where):
            yield offset_of(message), timestamp_ms(message), message.value()


def _newest_ms(bootstrap: str, topic: str, partition: int) -> int | None:
    tail = tails(bootstrap, [topic], partition).get(topic)
    return timestamp_ms(tail.last) if tail and tail.last is not None else None


def _range(client: Consumer, topic: str, partition: int, since_ms: int | None) -> TickRange:
    low, high = ends(client, topic, partition)
    if since_ms is None:
        return TickRange(topic, partition, low, high)
    later = bisect_left(
        range(low, high), since_ms, key=lambda offset: _ms_at(client, topic, partition, offset, high)
    )
    return TickRange(topic, partition, low + later, high)


def _ms_at(client: Consumer, topic: str, partition: int, offset: int, end: int) -> int:
    """Return the record timestamp at an offset or, where that holds no record, of the next one."""
    message = next(read_range(client, topic, partition, offset, end), None)
    return timestamp_ms(message) if message is not None else NEVER_MS
