"""Our own records as bytes and back: output records, journal entries, control commands."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from models.journal.entry import Entry
from models.journal.fold import JournalError
from models.judge.records import Record


class Encoded(NamedTuple):
    """An output record on its way to the broker."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, str | bytes | None]] | None
    ordinal: int


class Place(NamedTuple):
    """Where a published record stands: its ordinal, and tick offset and journal number of its cause."""

    ordinal: int
    offset: int
    seq: int


def encode(record: Record) -> Encoded:
    """Return the bytes of an output record: its body as JSON, or for ``dlq`` the original with headers."""
    if isinstance(record.body, bytes):
        headers: list[tuple[str, str | bytes | None]] = list((record.headers or {}).items())
        ordinal = int((record.headers or {})["ordinal"])
        return Encoded(record.topic, record.key.encode(), record.body, headers, ordinal)
    return Encoded(record.topic, record.key.encode(), orjson.dumps(record.body), None, record.body["ordinal"])


def place(value: bytes | None, headers: list[tuple[str, bytes]]) -> Place:
    """Return the place of a published record, from its headers (``dlq``) or its body."""
    if headers:
        h = dict(headers)
        return Place(int(h["ordinal"]), int(h["cause_offset"]), int(h["cause_seq"]))
    body = orjson.loads(value or b"{}")
    return Place(body["ordinal"], body["caused_by"]["offset"], body["caused_by"]["seq"])


def encode_entry(entry: Entry) -> bytes:
    """Return a journal entry as JSON."""
    return orjson.dumps(entry.as_dict())


def decode_entry(value: bytes | None) -> Entry:
    """Return the journal entry in a record; raise ``JournalError`` if it is none."""
    try:
        return Entry(**orjson.loads(value or b""))
    except (orjson.JSONDecodeError, TypeError) as error:
        raise JournalError(f"the journal holds a record that is no entry: {error}") from error


def decode_json(value: bytes | None) -> Any:
    """Return plain data, None where the bytes are no JSON."""
    try:
        return orjson.loads(value or b"")
    except orjson.JSONDecodeError:
        return None
