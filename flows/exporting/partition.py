"""One partition of an exported topic: where to read on, and what is to be made of each record there."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, NamedTuple

from connectors.kafka.messages import offset_of
from connectors.kafka.reading import Tail, ends, read_range, tails
from flows.exporting.errors import ExportError
from flows.exporting.kinds import Head, Kind, head_of
from flows.exporting.positions import Position, checksum

NS = 10**9
DISORDER_NS = 60 * NS
"""Records of a partition are in the order of their times but for so much."""
AFTER_ALL = 1 << 62

Client = Any
"""A consumer, as ``connectors.kafka.clients.reader`` gives it."""


class Stretch(NamedTuple):
    """Offsets ``start`` to ``end`` (exclusive) of a partition; a ``ts`` up to ``cut`` is too old."""

    kind: Kind
    partition: int
    start: int
    end: int
    cut: int = -1

    @property
    def key(self) -> str:
        """Return the partition's name."""
        return f"{self.kind.topic}/{self.partition}"


class Read(NamedTuple):
    """A record of a stretch, and the position behind it."""

    value: bytes
    head: Head
    after: Position
    fresh: bool  # not read before, and not too old
    missing: int  # so many before it are gone from the log


def stretch(bootstrap: str, client: Client, kind: Kind, partition: int, since_s: float) -> Stretch:
    """Return what is to be read first: the last ``since_s`` before the newest record, by their ``ts``."""
    tail = tails(bootstrap, [kind.topic], partition).get(kind.topic, Tail(None, 0))
    if tail.last is None:
        return Stretch(kind, partition, tail.end, tail.end)

    def ts_at(offset: int) -> int:
        found = next(read_range(client, kind.topic, partition, offset, tail.end), None)
        return AFTER_ALL if found is None else head_of(found.value() or b"", kind.topic).ts

    cut = head_of(tail.last.value() or b"", kind.topic).ts - int(since_s * NS)
    low, _ = ends(client, kind.topic, partition)
    start = low + bisect_left(range(low, tail.end), cut - DISORDER_NS, key=ts_at)
    return Stretch(kind, partition, start, tail.end, cut)


def rest(client: Client, kind: Kind, partition: int, at: Position) -> Stretch:
    """Return what came behind a position, with the record before it, by which the log is known again.

    Raises ``ExportError`` where the topic is not the one that the position is of.
    """
    low, high = ends(client, kind.topic, partition)
    if high < at.offset:
        raise _made_anew(f"{kind.topic}/{partition}")
    start = max(low, at.offset - 1) if high > at.offset else high
    return Stretch(kind, partition, start, high)


def records(client: Client, of: Stretch, at: Position | None) -> Iterator[Read]:
    """Yield the records of a stretch behind ``at``; raise as ``rest`` does."""
    for message in read_range(client, of.kind.topic, of.partition, of.start, of.end):
        value, offset = message.value() or b"", offset_of(message)
        if at is not None and offset < at.offset:
            if checksum(value) != at.checksum:
                raise _made_anew(of.key)
            continue
        head = head_of(value, f"{of.key}, offset {offset},")
        expected = head.ordinal if at is None else at.ordinal
        at = Position(offset + 1, max(expected, head.ordinal + 1), checksum(value))
        fresh = head.ordinal >= expected and head.ts > of.cut
        yield Read(value, head, at, fresh, max(0, head.ordinal - expected))


def _made_anew(key: str) -> ExportError:
    return ExportError(f"{key} is not the log that was exported before: export into a new folder, --out DIR")
