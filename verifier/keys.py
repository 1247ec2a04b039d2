"""What a record is about: the fields that tell it from all others of its topic, and how people say it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from verifier.rules import (
    AUDIT,
    CALIBRATION,
    DLQ,
    DRIFT,
    FEATURES,
    PREDICTIONS,
    PROGRESS,
    SECOND,
    SIGNALS,
    STALENESS,
)  # fmt: skip

RECORD_KEY = "the record's key"
"""Under this name the key of a record stands among its fields."""
VALUE = "the record's value"
NOTHING = object()
"""What stands where there is no field."""


def key_of(topic: str, fields: dict[str, Any]) -> tuple[object, ...]:
    """Return what a published record is about, in the form of ``Expected.key``."""
    return tuple(map(_plain, (fields.get(name) for name in _KEYS[topic])))


def value_at(fields: dict[str, Any], path: str) -> object:
    """Return a field, or what stands inside of it: ``windows.1h.n``, ``buckets.3``."""
    if path in fields or "." not in path:
        return fields.get(path, NOTHING)
    found: Any = fields
    for name in path.split("."):
        if isinstance(found, list) and name.isdigit() and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, dict) and name in found:
            found = found[name]
        else:
            return NOTHING
    return found


def _plain(value: object) -> object:
    """A list or an object can be no part of a key."""
    return value if isinstance(value, str | int) else repr(value)


_KEYS: dict[str, tuple[str, ...]] = {
    SIGNALS: ("symbol", "ts"),
    PREDICTIONS: ("symbol", "ts"),
    FEATURES: ("symbol", "ts", "tf"),
    STALENESS: ("symbol", "ts", "metric", "level"),
    AUDIT: ("symbol", "ts"),
    CALIBRATION: ("symbol", "ts", "reference"),
    DRIFT: ("symbol", "ts", "reference"),
    PROGRESS: ("second",),
    DLQ: ("offset", "place"),
}


def spoken(topic: str, key: tuple[Any, ...]) -> str:
    """Return what a record is about, for people."""
    if topic == DLQ:
        return f"the reject of tick record {key[0]}, place {key[1]}"
    if topic == PROGRESS:
        return f"the progress to {_moment(key[0], 1)}"
    name, end, *more = key
    if name == repr(None):
        name = "all symbols"
    return " ".join([f"{name} at {_moment(end, SECOND)}", *map(str, more)])


def _moment(time: Any, unit: int) -> str:
    if type(time) is not int:
        return repr(time)
    try:
        return datetime.fromtimestamp(time // unit, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return str(time)
