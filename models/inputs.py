"""The one ordered input of a shard: its genesis, tick records, commands, news of models, clock beats.

Every input knows its cause: ``offset`` is the next tick offset and ``seq`` the next journal sequence
number *after* it, so that whatever it releases can be placed exactly in ticks + journal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from models.control.commands import Command
from models.desk.desk import Desk
from models.desk.news import News
from models.ticks import Decoded, Ints


class Cause(NamedTuple):
    """Position in the shard's log right behind the input that released a record."""

    offset: int
    seq: int


@dataclass(frozen=True, slots=True)
class TickBatch:
    """Consecutive records of one tick partition, decoded; arrays have one entry a record."""

    offsets: Ints
    log_ts: Ints  # record timestamps, ns
    values: Sequence[bytes | None]
    decoded: Decoded
    seq: int  # next journal sequence number, the same for the whole batch

    def __len__(self) -> int:
        return len(self.offsets)


@dataclass(frozen=True, slots=True)
class Beat:
    """The shard's log time moved on to ``ts`` without a tick."""

    ts: int
    cause: Cause


@dataclass(frozen=True, slots=True)
class Taken:
    """A verified control command, taken in by this shard at ``cause``; ``ts`` is the broker's time of it."""

    command: Command
    ts: int
    cause: Cause


@dataclass(frozen=True, slots=True)
class Genesis:
    """The shard's history begins here, with this desk; nothing before it is known.

    ``ordinals`` are the next ones by topic, where records were published before it; others begin at 0.
    """

    desk: Desk
    cause: Cause
    ordinals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModelNews:
    """What became of a bundle that this shard was to load, taken in at ``cause``."""

    news: News
    cause: Cause


Input = TickBatch | Beat | Taken | Genesis | ModelNews
