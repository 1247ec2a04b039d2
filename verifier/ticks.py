"""What a record of a tick topic holds: trades, refused items, or something this reader does not know.

A record is one JSON object, an array of objects, or several lines of either. Canonical ticks are judged, and
so is whatever nobody could take for a tick. A message that may be an exchange's own is ``Unjudged``: rather
no answer than a guess.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

import orjson

from verifier.fields import NOT_JSON, TOO_LARGE, WRONG_SHAPE, Refused, Trade, canonical

Item = Trade | Refused | None
"""None: nothing to trade on."""

LARGEST = 1 << 20
"""Bytes; a larger record is refused whole."""

_REQUIRED = frozenset({"symbol", "ts", "price", "qty"})
_NESTING = 100
_FOREIGN = frozenset({
    "e", "stream", "lastUpdateId", "u", "s", "b", "B", "a", "A", "id", "result", "error", "code", "msg",
    "topic", "op", "channel", "events", "type", "product_id", "channels", "products", "message", "c",
})  # fmt: skip
"""Fields by which exchanges' messages are known."""


class Unjudged(Exception):  # noqa: N818  a verdict, not a failure
    """A record that this reader cannot judge; the message says why."""


def items_of(value: bytes | None, codec: str = "auto") -> list[Item]:
    """Return the items of a record in order, at least one; raise ``Unjudged`` where it cannot tell."""
    if codec not in ("auto", "canonical"):
        raise Unjudged(f"the verifier does not read the codec '{codec}'")
    if value is None:
        return [None]
    if len(value) > LARGEST:
        return [Refused(TOO_LARGE)]
    if value.count(b"[") + value.count(b"{") > _NESTING and not _is_flat(value):
        raise Unjudged(f"nested deeper than {_NESTING}, perhaps")
    items = [item for document in _documents(value) for item in _items(document, codec)]
    # a record in which nothing has the shape of a tick is unreadable as a whole: one item
    return items[:1] if all(map(_is_shapeless, items)) else items


def _is_shapeless(item: Item) -> bool:
    return isinstance(item, Refused) and item.reason in (NOT_JSON, WRONG_SHAPE)


def _is_flat(value: bytes) -> bool:
    """Return whether all brackets are those of flat objects, in lines or in one array."""
    brackets = value.translate(None, bytes(set(range(256)) - set(b"[]{}")))
    return brackets.replace(b"{}", b"") in (b"", b"[]")


def _documents(value: bytes) -> list[Any]:
    whole = _parse(value)
    if not isinstance(whole, Refused) or b"\n" not in value:
        return [whole]
    lines = [_parse(line) for line in value.split(b"\n") if line.strip(b" \t\r")]
    return lines if any(isinstance(line, dict | list) for line in lines) else [whole]


def _items(document: Any, codec: str) -> list[Item]:
    if isinstance(document, Refused):
        return [document]
    if isinstance(document, list):
        return [_item(message, codec) for message in document] or [None]
    return [_item(document, codec)]


def _item(message: Any, codec: str) -> Item:
    if not isinstance(message, dict):
        return Refused(WRONG_SHAPE)
    if len(_REQUIRED & message.keys()) >= 3:
        return canonical(message)
    if codec == "auto" and not _FOREIGN.isdisjoint(message):
        raise Unjudged(f"no canonical tick: it has the fields {', '.join(list(message)[:8])}")
    return Refused(WRONG_SHAPE)


def _parse(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return _second_opinion(text)


def _second_opinion(text: bytes) -> Any:
    """Parse numbers that are too large for orjson; all else that it refuses is no JSON."""
    try:
        found = json.loads(text.decode(), parse_constant=_no_number, parse_int=_integer)
        json.dumps(found, ensure_ascii=False).encode()  # half of a surrogate pair is no text
    except ValueError:
        return Refused(NOT_JSON)
    return found


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else float(digits)


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")
