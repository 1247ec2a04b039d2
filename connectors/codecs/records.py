"""From the bytes of one record to its items: size, JSON, arrays and lines, whatever the feed.

A record is one JSON object, an array of objects, or several lines of either (NDJSON). It is NDJSON when it is
no JSON document as a whole and at least one of its lines is an object or an array. A record in which nothing
has the shape of a trade or of a known message is unreadable as a whole, hence one item however long it is.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
import numpy as np

from connectors.codecs.items import SKIPPED, Item, Reader, Refused, refuse
from models.ticks import MAX_RECORD_BYTES, Reason

MAX_NESTING = 100
"""Deeper JSON is refused; a parser's own limit would depend on the caller's stack, the answer must not."""

# untyped floats go through float(): numbers out of range become inf and are refused as numbers, not as JSON
_JSON = msgspec.json.Decoder(float_hook=float)
_SPACE = b" \t\r"
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_STEPS = np.zeros(256, np.int8)
_STEPS[list(b"[{")] = 1
_STEPS[list(b"]}")] = -1


def read_record(value: bytes | None, read: Reader) -> list[Item]:
    """Return the items of one record, at least one; never raises."""
    if value is None:
        return [SKIPPED]
    if len(value) > MAX_RECORD_BYTES:
        detail = f"the record has {len(value)} bytes, more than {MAX_RECORD_BYTES}"
        return [refuse(Reason.TOO_LARGE, detail)]
    items = [item for document in _documents(value) for item in _items(document, read)]
    return items[:1] if all(map(_is_shapeless, items)) else items


def _is_shapeless(item: Item) -> bool:
    return isinstance(item, Refused) and item.reason in (Reason.NOT_JSON, Reason.WRONG_SHAPE)


def _documents(value: bytes) -> list[Any]:
    whole = _parse(value)
    if not isinstance(whole, Refused) or b"\n" not in value:
        return [whole]
    lines = [_parse(line) for line in value.split(b"\n") if line.strip(_SPACE)]
    return lines if any(isinstance(line, dict | list) for line in lines) else [whole]


def _items(document: object, read: Reader) -> list[Item]:
    if isinstance(document, Refused):
        return [document]
    if isinstance(document, list):
        return [item for message in document for item in _message(message, read)] or [SKIPPED]
    return _message(document, read)


def _message(message: object, read: Reader) -> list[Item]:
    if not isinstance(message, dict):
        return [refuse(Reason.WRONG_SHAPE, f"a message must be an object, not {type(message).__name__}")]
    items = read(message)
    if items is None:
        keys = ", ".join(list(message)[:8])
        return [refuse(Reason.WRONG_SHAPE, f"no known message has the fields {keys or '(none)'}")]
    return items


def _parse(text: bytes) -> Any:
    if _nesting(text) > MAX_NESTING:
        return refuse(Reason.NOT_JSON, f"nested deeper than {MAX_NESTING}")
    try:
        return _JSON.decode(text)
    except ValueError as error:  # bad UTF-8 as well as msgspec's own
        return refuse(Reason.NOT_JSON, str(error))


def _nesting(text: bytes) -> int:
    opened = text.count(b"[") + text.count(b"{")
    if opened <= MAX_NESTING:
        return opened
    structure = np.frombuffer(_STRING.sub(b"", text), np.uint8)
    return int(_STEPS[structure].cumsum(dtype=np.int32).max(initial=0))
