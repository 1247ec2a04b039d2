"""The rows of a recording, and their columns in the Parquet files. Field order is column order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson
import polars as pl

from connectors.codecs.wire import Encoded
from models.journal.entry import Entry

Schema = dict[str, pl.DataType | type[pl.DataType]]
Headers = tuple[tuple[str, bytes], ...]


class Tick(NamedTuple):
    """A record of a tick topic; ``ts_ms`` is its record timestamp."""

    topic: str
    partition: int
    offset: int
    ts_ms: int
    key: bytes | None
    value: bytes | None


class Output(NamedTuple):
    """A record of an output topic; a replayed one has neither offset nor time."""

    topic: str  # one of ``models.judge.records.TOPICS``, without the instance's suffix
    partition: int
    ordinal: int
    offset: int | None
    ts_ms: int | None
    key: bytes | None
    value: bytes | None
    headers: Headers


TICKS: Schema = {
    "topic": pl.String,
    "partition": pl.Int32,
    "offset": pl.Int64,
    "ts_ms": pl.Int64,
    "key": pl.Binary,
    "value": pl.Binary,
}
OUTPUTS: Schema = {
    "topic": pl.String,
    "partition": pl.Int32,
    "ordinal": pl.Int64,
    "offset": pl.Int64,
    "ts_ms": pl.Int64,
    "key": pl.Binary,
    "value": pl.Binary,
    "headers": pl.List(pl.Struct({"name": pl.String, "value": pl.Binary})),
}
LINES: Schema = {"offset": pl.Int64, "value": pl.Binary}
"""What the paper account read of a shard."""
JOURNAL: Schema = {
    "gen": pl.Int64,
    "seq": pl.Int64,
    "after": pl.Int64,
    "kind": pl.String,
    "payload": pl.Binary,
    "ctl_offset": pl.Int64,
}


def output_row(output: Output) -> tuple[object, ...]:
    """Return an output record as a row of ``OUTPUTS``."""
    return (*output[:-1], [{"name": name, "value": value} for name, value in output.headers])


def entry_row(entry: Entry) -> tuple[object, ...]:
    """Return a journal entry as a row of ``JOURNAL``, its payload as JSON."""
    payload = orjson.dumps(dict(entry.payload))
    return entry.gen, entry.seq, entry.after, entry.kind, payload, entry.ctl_offset


def replayed(encoded: Encoded, partition: int) -> Output:
    """Return what a replay emitted as the record that would have been published."""
    headers = tuple((name, _bytes(value)) for name, value in encoded.headers or ())
    return Output(encoded.topic, partition, encoded.ordinal, None, None, encoded.key, encoded.value, headers)


def outputs(frames: Iterable[pl.DataFrame]) -> Iterator[Output]:
    """Yield the output records of ``OUTPUTS`` frames."""
    for frame in frames:
        for *fields, headers in frame.iter_rows():
            yield Output._make((*fields, tuple((h["name"], h["value"]) for h in headers)))


def entries(frames: Iterable[pl.DataFrame]) -> Iterator[Entry]:
    """Yield the journal entries of ``JOURNAL`` frames."""
    for frame in frames:
        for gen, seq, after, kind, payload, ctl_offset in frame.iter_rows():
            yield Entry(gen, seq, after, kind, orjson.loads(payload), ctl_offset)


def _bytes(value: str | bytes | None) -> bytes:
    return value.encode() if isinstance(value, str) else value or b""
