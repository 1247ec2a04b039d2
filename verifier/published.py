"""A published record as its fields, whatever the topic."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from verifier.keys import RECORD_KEY, VALUE
from verifier.log import Record
from verifier.ordinals import ordinal_of
from verifier.rules import DLQ


class Published(NamedTuple):
    """A record with its ordinal, the next tick offset and journal number behind its cause, and its fields."""

    record: Record
    ordinal: int
    offset: int
    seq: int
    fields: dict[str, Any]


def published(topic: str, record: Record) -> Published | None:
    """Return an output record's fields, None where it is not of the form that all of them have."""
    try:
        fields = _letter(record) if topic == DLQ else orjson.loads(record.value or b"")
        offset, seq = _cause(topic, fields)
    except (KeyError, TypeError, ValueError):
        return None
    ordinal = ordinal_of(record)
    if ordinal is None or type(offset) is not int or type(seq) is not int:
        return None
    fields[RECORD_KEY] = None if record.key is None else record.key.decode(errors="replace")
    return Published(record, ordinal, offset, seq, fields)


def _letter(record: Record) -> dict[str, Any]:
    fields: dict[str, Any] = {name: value.decode() for name, value in record.headers}
    return fields | {VALUE: record.value or b""}


def _cause(topic: str, fields: dict[str, Any]) -> tuple[Any, Any]:
    if topic == DLQ:
        return int(fields["cause_offset"]), int(fields["cause_seq"])
    cause = fields["caused_by"]
    return cause["offset"], cause["seq"]
