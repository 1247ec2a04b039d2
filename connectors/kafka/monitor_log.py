"""Reading the records of the monitors back from their topics, newest first.

A monitor's topic holds weeks and what is wanted is most often the last hour of it, so a partition is read
from its end backwards in chunks that grow, until what comes is old or enough has come.

Delivery: every retained record of what was asked for once, in no order over chunks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import orjson

from connectors.kafka.clients import reader
from connectors.kafka.errors import TopicsError
from connectors.kafka.messages import offset_of
from connectors.kafka.reading import ends, read_range
from connectors.kafka.topics import existing, output
from connectors.settings import Settings

Plain = dict[str, Any]
Told = Callable[[int], None]

FIRST, MOST = 256, 1_024
"""Offsets of the first chunk, and of the greatest."""
NS = 1_000_000_000


class MonitorLogError(RuntimeError):
    """A monitor's topic holds a record that is none of this product's; the message says where."""


def since(settings: Settings, name: str, seconds: float, told: Told) -> Iterator[Plain]:
    """Yield each partition's records of the last ``seconds`` before its newest, by their ``ts``.

    ``told`` hears how many records were read. Raises ``TopicsError`` without the topic, ``BrokerError``,
    ``MonitorLogError``.
    """
    for chunks in _partitions(settings, name, told):
        newest = None
        for chunk in chunks:
            if newest is None:
                newest = max(body["ts"] for body in chunk)
            kept = [body for body in chunk if body["ts"] > newest - int(seconds * NS)]
            yield from kept
            if not kept:
                break


def newest(
    settings: Settings, name: str, count: int, wanted: Callable[[Plain], bool], told: Told
) -> Iterator[Plain]:
    """Yield at least the newest ``count`` wanted records of each partition, as far as there are so many.

    Raises as ``since`` does.
    """
    for chunks in _partitions(settings, name, told):
        found = 0
        for chunk in chunks:
            kept = [body for body in chunk if wanted(body)]
            yield from kept
            found += len(kept)
            if found >= count:
                break


def _partitions(settings: Settings, name: str, told: Told) -> Iterator[Iterator[list[Plain]]]:
    topic = output(name, settings)
    have = existing(settings.kafka_bootstrap)
    if topic not in have:
        raise TopicsError(f"no topic {topic}; create it with: levibot topics create")
    for partition in range(have[topic]):
        yield _backwards(settings.kafka_bootstrap, topic, partition, told)


def _backwards(bootstrap: str, topic: str, partition: int, told: Told) -> Iterator[list[Plain]]:
    """Yield a partition's records in chunks, the last first, each in order and none empty."""
    with closing(reader(bootstrap)) as client:
        _, end = ends(client, topic, partition)
        size = FIRST
        # asked again for each chunk: retention goes on meanwhile
        while end > (low := ends(client, topic, partition)[0]):
            start = max(low, end - size)
            messages = list(read_range(client, topic, partition, start, end))
            told(len(messages))
            if messages:  # else there are only markers of transactions
                yield [_body(m.value(), topic, partition, offset_of(m)) for m in messages]
            end, size = start, min(2 * size, MOST)


def _body(value: bytes | None, topic: str, partition: int, offset: int) -> Plain:
    try:
        body: Plain = orjson.loads(value or b"")
        if isinstance(body["ts"], int):
            return body
    except (orjson.JSONDecodeError, KeyError, TypeError):
        pass
    raise MonitorLogError(
        f"{topic}/{partition}: the record at offset {offset} is none of this product's; something else "
        "writes to this topic"
    )
