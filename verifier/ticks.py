"""What a record of a tick topic holds: trades, refused items, or something this reader does not know.

A record is one JSON object, an array of objects, or several lines of either. Canonical ticks and messages of
Binance are judged, and so is whatever nobody could take for a tick. A message that may be another exchange's
own is ``Unjudged``: rather no answer than a guess.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

import orjson

from verifier import binance
from verifier.fields import NOT_JSON, TOO_LARGE, WRONG_SHAPE, Refused, Trade, canonical

Item = Trade | Refused | None
"""None: nothing to trade on."""

LARGEST = 1 << 20
"""Bytes; a larger record is refused whole."""
DEEPEST = 100
"""Arrays and objects in one another; deeper ones are refused."""

_REQUIRED = frozenset({"symbol", "ts", "price", "qty"})
_FOREIGN = frozenset({
    "topic", "op", "channel", "c", "events", "type", "e", "stream", "id", "code", "msg",
    "product_id", "channels", "products", "message",
})  # fmt: skip
"""Fields by which other exchanges' messages are known."""


class Unjudged(Exception):  # noqa: N818  a verdict, not a failure
    """A record that this reader cannot judge; the message says why."""


def items_of(value: bytes | None, codec: str = "auto") -> list[Item]:
    """Return the items of a record in order, at least one; raise ``Unjudged`` where it cannot tell."""
    if codec not in ("auto", "canonical", "binance"):
        raise Unjudged(f"the verifier does not read the codec '{codec}'")
    if value is None:
        return [None]
    if len(value) > LARGEST:
        return [Refused(TOO_LARGE)]
    items = [item for document in _documents(value) for item in _items(document, codec)]
    # a record in which nothing has the shape of a tick is unreadable as a whole: one item
    return items[:1] if all(map(_is_shapeless, items)) else items


def _is_shapeless(item: Item) -> bool:
    return isinstance(item, Refused) and item.reason in (NOT_JSON, WRONG_SHAPE)


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
        return [item for message in document for item in _message(message, codec)] or [None]
    return _message(document, codec)


def _message(message: Any, codec: str) -> list[Item]:
    if not isinstance(message, dict):
        return [Refused(WRONG_SHAPE)]
    if codec != "binance" and len(_REQUIRED & message.keys()) >= 3:
        return [canonical(message)]
    items = binance.messages(message) if codec != "canonical" else None
    if items is None and codec == "auto" and not _FOREIGN.isdisjoint(message):
        raise Unjudged(f"it has the fields {', '.join(list(message)[:8])}, as another exchange's might")
    return items if items is not None else [Refused(WRONG_SHAPE)]


def _parse(text: bytes) -> Any:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = _second_opinion(text)
    brackets = text.count(b"[") + text.count(b"{")
    return Refused(NOT_JSON) if brackets > DEEPEST and _depth(found) > DEEPEST else found


def _depth(value: Any) -> int:
    """Return how many arrays and objects are nested in one another."""
    depth, level = 0, [value]
    while containers := [one for one in level if isinstance(one, dict | list)]:
        depth += 1
        level = [inner for one in containers for inner in (one.values() if isinstance(one, dict) else one)]
    return depth


def _second_opinion(text: bytes) -> Any:
    """Parse numbers that are too large for orjson; all else that it refuses is no JSON."""
    try:
        found = json.loads(text.decode(), parse_constant=_no_number, parse_int=_integer)
        json.dumps(found, ensure_ascii=False).encode()  # half of a surrogate pair is no text
    except (ValueError, RecursionError):
        return Refused(NOT_JSON)
    return found


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else float(digits)


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")
