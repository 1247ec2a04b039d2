"""The inputs of recorded shards, from files.

Delivery: every tick and every journal entry of the recording once, in the order in which the shard took them.
Unit of parallelism: the shard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition

from connectors.codecs.decode import Decoder
from connectors.kafka.pace import Pace
from connectors.kafka.source import Item
from connectors.recording.manifest import RecordedShard, Recording
from connectors.recording.merge import merged, pieces
from connectors.recording.parts import read_parts
from connectors.recording.rows import JOURNAL, TICKS, entries
from flows.replay.failure import Failure
from models.inputs import Input, TickBatch
from models.judge.records import Shard

Told = Callable[[int], None]
Inputs = Callable[[Callable[[], int]], Iterator[Input]]

SEVERAL = 64
"""Inputs handed on together at most: beats of a long silence come one by one."""


def inputs_of(folder: Path, recording: Recording, recorded: RecordedShard) -> Inputs:
    """Return what yields the inputs of a recorded shard, given how many tick records to batch."""

    def inputs(size: Callable[[], int]) -> Iterator[Input]:
        ticks = read_parts(folder, recorded.stem("ticks"), TICKS, recorded.ticks)
        journal = read_parts(folder, recorded.stem("journal"), JOURNAL, recorded.journal)
        decoder = Decoder(recording.ticks[recorded.topic])
        return merged(pieces(ticks), entries(journal), decoder, size)

    return inputs


class RecordedPartition(StatefulSourcePartition[Item, None]):
    """Hands on the inputs of one shard until there are no more."""

    def __init__(self, shard: Shard, inputs: Inputs, told: Told, failure: Failure) -> None:
        self._shard = shard
        self._failure = failure
        self._pace = Pace()
        self._inputs = inputs(self._pace.next_size)
        self._told = told

    def next_batch(self) -> list[Item]:
        """Return some inputs, with no more tick records than about 30 ms of work; end behind the last."""
        found: list[Input] = []
        with self._failure.noted():
            found = self._some()
        if not found or self._failure.first:
            raise StopIteration
        return [(self._shard.key, (self._shard, one)) for one in found]

    def _some(self) -> list[Input]:
        found: list[Input] = []
        ticks = 0
        while len(found) < SEVERAL and ticks < self._pace.next_size():
            one = next(self._inputs, None)
            if one is None:
                break
            found.append(one)
            ticks += len(one) if isinstance(one, TickBatch) else 0
        self._pace.took(ticks)
        self._told(ticks + sum(not isinstance(one, TickBatch) for one in found))
        return found

    def snapshot(self) -> None:
        """Return nothing: a replay begins at the beginning."""


class RecordedSource(FixedPartitionedSource[Item, None]):
    """All recorded shards that had begun; ``told`` hears how many ticks and entries were handed on."""

    def __init__(self, folder: Path, recording: Recording, told: Told, failure: Failure) -> None:
        self._folder = folder
        self._recording = recording
        self._shards = {shard.shard.key: shard for shard in recording.shards if shard.begins}
        self._told = told
        self._failure = failure

    def list_parts(self) -> list[str]:
        """Return the keys of the shards."""
        return list(self._shards)

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> RecordedPartition:
        """Open one shard's files."""
        recorded = self._shards[for_part]
        inputs = inputs_of(self._folder, self._recording, recorded)
        return RecordedPartition(recorded.shard, inputs, self._told, self._failure)
