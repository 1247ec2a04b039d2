"""Recorded and replayed records of one topic and shard, compared byte for byte and in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Any, NamedTuple

import orjson

from connectors.recording.rows import Output

LONGEST = 300
Pair = Callable[[Output, Output | None], None]
"""Hears of each recorded record and of the replayed one in its place, None where there is none."""


class Difference(NamedTuple):
    """Where a replay is not the run: the record, its first field that differs, both values as text."""

    topic: str
    partition: int
    ordinal: int
    field: str
    recorded: str
    replayed: str


class Comparison:
    """Takes the replayed records in order and holds each against the recorded one in its place.

    Recorded ones may begin late (a window, retention) and end early (the run was cut there), but none may be
    missing in between and none may be other than in the replay.
    """

    def __init__(self, recorded: Iterator[Output], pair: Pair | None = None) -> None:
        self._recorded = recorded
        self._pair = pair
        self._next = next(recorded, None)
        self.recorded = self.replayed = self.equal = 0
        self.first: Difference | None = None

    def put(self, replayed: Output) -> None:
        """Compare the next replayed record."""
        if self._next is None:
            self.replayed += 1
        elif self.recorded or replayed.ordinal >= self._next.ordinal:
            self.replayed += 1
            self._hold(self._next, replayed)

    def close(self) -> None:
        """Note the recorded ones that the replay does not have."""
        while self._next is not None:
            self._hold(self._next, None)

    def _hold(self, recorded: Output, replayed: Output | None) -> None:
        difference = difference_of(recorded, replayed)
        self.recorded += 1
        self.equal += difference is None
        self.first = self.first or difference
        if self._pair is not None:
            self._pair(recorded, replayed)
        self._next = next(self._recorded, None)


def difference_of(recorded: Output, replayed: Output | None) -> Difference | None:
    """Return how two records differ in key, headers or value; None where no byte does."""
    where = recorded.topic, recorded.partition, recorded.ordinal
    if replayed is None:
        return Difference(*where, "record", _text(recorded.value), "(none)")
    for field in ("ordinal", "key", "headers", "value"):
        one, other = getattr(recorded, field), getattr(replayed, field)
        if one != other:
            return Difference(*where, *_within(field, one, other))
    return None


def _within(field: str, one: Any, other: Any) -> tuple[str, str, str]:
    if field == "headers":
        name = next((mine or yours)[0] for mine, yours in zip_longest(one, other) if mine != yours)
        return f"headers.{name}", _text(dict(one).get(name)), _text(dict(other).get(name))
    if field == "value":
        found = _first_in_json(_parsed(one), _parsed(other))
        return found or (f"value, byte {_first_byte(one, other)}", _text(one), _text(other))
    return field, _text(one), _text(other)


def _first_in_json(one: Any, other: Any, path: str = "") -> tuple[str, str, str] | None:
    """Return the first field in which two JSON documents differ, None where they do not."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = dict.fromkeys((*one, *other))
        parts = ((f"{path}.{n}" if path else n, one.get(n, ...), other.get(n, ...)) for n in names)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        parts = ((f"{path}[{i}]", *pair) for i, pair in enumerate(zip(one, other, strict=True)))
    else:
        same = one == other and type(one) is type(other)
        return None if same or not path else (path, _json(one), _json(other))
    return next(filter(None, (_first_in_json(a, b, name) for name, a, b in parts)), None)


def _parsed(value: bytes | None) -> Any:
    try:
        return orjson.loads(value or b"")
    except orjson.JSONDecodeError:
        return None


def _first_byte(one: bytes | None, other: bytes | None) -> int:
    pairs = enumerate(zip(one or b"", other or b"", strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one or b""), len(other or b"")))


def _json(value: Any) -> str:
    return "(absent)" if value is ... else _text(orjson.dumps(value))


def _text(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
