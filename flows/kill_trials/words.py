"""What one trial comes to, from the signals around it. Pure: no broker, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Word(NamedTuple):
    """A published signal: the broker's time of it in ms, the journal entries before it, and whether HOLD."""

    ms: int
    seq: int
    hold: bool


class Taken(NamedTuple):
    """A shard took a command in: the broker's time of the entry in ms, its number, before which tick."""

    ms: int
    seq: int
    after: int


class Shard(NamedTuple):
    """A trial as one shard saw it."""

    kill: Taken
    unkill: Taken
    words: Sequence[Word]

    @property
    def last_order(self) -> int:
        """Return the broker's time of the last signal but HOLD before the kill took effect, 0 for none."""
        return max((w.ms for w in self.words if not w.hold and w.seq <= self.kill.seq), default=0)

    @property
    def held(self) -> int:
        """Return how many signals the shard published under the kill."""
        return sum(self.kill.seq < word.seq <= self.unkill.seq for word in self.words)

    @property
    def broken(self) -> int:
        """Return how many of these were no HOLD."""
        return sum(self.kill.seq < w.seq <= self.unkill.seq and not w.hold for w in self.words)


class Trial(NamedTuple):
    """One kill under load: times in ms after the broker had the command."""

    last_order_ms: int  # the last signal but HOLD of any shard
    acknowledged_ms: int  # the last shard's journal entry
    held: int
    broken: int
    backlog: int  # ticks of the shard that had least to work off when it took the kill in


def judged(sent_ms: int, shards: Mapping[int, Shard], ends: Sequence[int]) -> Trial:
    """Return what a kill came to; ``ends``: how many ticks each shard's partition held when it was sent."""
    every = shards.values()
    return Trial(
        last_order_ms=max(0, *(shard.last_order - sent_ms for shard in every)),
        acknowledged_ms=max(shard.kill.ms for shard in every) - sent_ms,
        held=sum(shard.held for shard in every),
        broken=sum(shard.broken for shard in every),
        backlog=min(ends[number] - shard.kill.after for number, shard in shards.items()),
    )
