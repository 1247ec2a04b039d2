"""Every Redis key of the product, and the fields of its hashes.

One hash a shard holds the shard's whole present view: the field ``head`` with everything that is no symbol,
and one field a symbol, each a JSON object. A hash is written by one command and read by one, so a reader
never meets half of an update, and a single symbol is as cheap to read as the whole shard.
"""

from __future__ import annotations

from typing import NamedTuple

PREFIX = "levibot:"


class Kind(NamedTuple):
    """What has a view of its own: the sorted set of its heartbeats, and how the names of its hashes begin.

    The set holds keys (a shard's is ``topic/0000``) by the wall-clock time, in ms, of their last write or
    of the last turn of their flow's loop, which is told once a second.
    """

    listed: str
    prefix: str

    def hash(self, key: str) -> str:
        """Return the name of a hash."""
        return f"{self.prefix}{key}"


SHARD = Kind(f"{PREFIX}shards", f"{PREFIX}shard:")
ACCOUNT = Kind(f"{PREFIX}accounts", f"{PREFIX}account:")
GUARD = Kind(f"{PREFIX}guards", f"{PREFIX}guard:")

SHARDS = SHARD.listed


class Log(NamedTuple):
    """A sorted set of the newest ``most`` records of a kind, by log time in ms."""

    key: str
    most: int


SCORES = Log(f"{PREFIX}audit.scores", 10_000)
COMMANDS = Log(f"{PREFIX}audit.commands", 10_000)
"""Apart from the scores: the two have clocks of their own where recorded ticks are fed."""
ALERTS = Log(f"{PREFIX}alerts", 10_000)

SMOKE = f"{PREFIX}smoke"

HEAD = "head"
FORMAT = 1
"""In every head; raised when what a view says changes, so that a reader of another version refuses it."""

_SYMBOL = "symbol:"
_SERIES = f"{PREFIX}series:"


def shard(key: str) -> str:
    """Return the key of a shard's hash."""
    return SHARD.hash(key)


def series(name: str) -> str:
    """Return the key of a metric's sorted set of points."""
    return f"{_SERIES}{name}"


def equity(book: str) -> Log:
    """Return the log of what a paper book was worth: a point a minute and a fill, for seven days."""
    return Log(f"{PREFIX}equity:{book}", 40_000)


def symbol(name: str) -> str:
    """Return the field of a symbol in its shard's hash."""
    return f"{_SYMBOL}{name}"


def symbol_name(field: str) -> str:
    """Return the symbol whose field this is."""
    return field.removeprefix(_SYMBOL)
