"""Signals in a reader's hands, and how long after the tick that released them was due they came."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from benchmarks.flow import Flow
from benchmarks.live.schedule import Schedule
from benchmarks.published import journal
from models.journal.entry import BEAT

Place = tuple[int, int, int]
"""Partition, offset and journal number of a cause."""
_MILLI = 1e6


class Heard(NamedTuple):
    """A signal that came to the reader; times in ns."""

    came: int
    partition: int
    offset: int
    seq: int
    end: int  # of its second

    @property
    def cause(self) -> Place:
        """Return what released it."""
        return self.partition, self.offset, self.seq


def latencies(
    heard: Iterable[Heard], wanted: Iterable[int], schedule: Schedule, beats: set[Place]
) -> tuple[list[float], int]:
    """Return the latencies of the signals of the wanted seconds, ms, and how many were left out by a beat."""
    ends = set(wanted)
    chosen = [signal for signal in heard if signal.end in ends]
    by_ticks = [signal for signal in chosen if signal.cause not in beats]
    found = [(s.came - schedule.due_of(s.partition, s.offset - 1)) / _MILLI for s in by_ticks]
    return found, len(chosen) - len(by_ticks)


def beats_of(flow: Flow) -> set[Place]:
    """Return the places behind each clock beat: what has one of them as its cause was released by no tick."""
    return {
        (shard.partition, entry.after, entry.seq + 1)
        for shard in flow.shards
        for _, entry in journal(flow.settings, shard.number)
        if entry.kind == BEAT
    }
