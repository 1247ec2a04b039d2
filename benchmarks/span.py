"""When a flow began and ended, read off what it published: both are broker timestamps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

import orjson
from confluent_kafka import Message

from benchmarks.errors import BenchmarkError
from connectors.codecs.wire import decode_entry
from connectors.kafka.clients import reader
from connectors.kafka.messages import timestamp_ms
from connectors.kafka.reading import ends as bounds
from connectors.kafka.reading import read_range
from connectors.kafka.topics import JOURNAL, output
from connectors.settings import Settings
from models.journal.entry import OPEN
from models.judge.records import PROGRESS, Shard


def span(settings: Settings, shards: Sequence[Shard], ends: Sequence[int]) -> tuple[int, int]:
    """Return when the first shard opened and when the last one's last progress was there, ms.

    ``ends`` are the shards' tick offsets at the end of the backlog. A shard opens its journal before it asks
    for its first tick; the progress at its last tick covers every record that the ticks before it released.
    A shard without ticks ends nothing.
    """
    opened = [ms for shard in shards for ms in _opened(settings, shard)]
    return min(opened), max(_ended(settings, s, end) for s, end in zip(shards, ends, strict=True) if end)


def _opened(settings: Settings, shard: Shard) -> list[int]:
    entries = _records(settings, JOURNAL, shard)
    return [timestamp_ms(message) for message in entries if decode_entry(message.value()).kind == OPEN]


def _ended(settings: Settings, shard: Shard, end: int) -> int:
    for message in _records(settings, PROGRESS, shard):
        if orjson.loads(message.value() or b"")["caused_by"]["offset"] == end:
            return timestamp_ms(message)
    raise BenchmarkError(f"no progress at the end of {shard.key}: use more ticks")


def _records(settings: Settings, name: str, shard: Shard) -> Iterator[Message]:
    """Yield what a shard has on a topic; behind a transaction the end is a marker, so it must be told."""
    topic = output(name, settings)
    with closing(reader(settings.kafka_bootstrap)) as client:
        yield from read_range(client, topic, shard.number, *bounds(client, topic, shard.number))
