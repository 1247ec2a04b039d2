"""Every Redis key of the product, and the fields of its hashes.

One hash a shard holds the shard's whole present view: the field ``head`` with everything that is no symbol,
and one field a symbol, each a JSON object. A hash is written by one command and read by one, so a reader
never meets half of an update, and a single symbol is as cheap to read as the whole shard.
"""

from __future__ import annotations

PREFIX = "levibot:"

SHARDS = f"{PREFIX}shards"
"""Sorted set: shard keys (``topic/0000``) by the wall-clock time of their last write in ms, the heartbeat."""

HEAD = "head"
FORMAT = 1
"""In every head; raised when what a view says changes, so that a reader of another version refuses it."""

_SYMBOL = "symbol:"


def shard(key: str) -> str:
    """Return the key of a shard's hash."""
    return f"{PREFIX}shard:{key}"


def symbol(name: str) -> str:
    """Return the field of a symbol in its shard's hash."""
    return f"{_SYMBOL}{name}"


def symbol_name(field: str) -> str:
    """Return the symbol whose field this is."""
    return field.removeprefix(_SYMBOL)
