"""Where replayed records go: for each shard and topic to an outlet of its own, in order.

Delivery: every emitted record once; whoever made the outlets closes them when the dataflow has ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bytewax.outputs import FixedPartitionedSink, StatefulSinkPartition

from connectors.kafka.sink import Published
from connectors.recording.rows import Output, replayed
from flows.replay.failure import Failure
from models.judge.records import Shard


class Outlet(Protocol):
    """Takes the records of one topic of one shard."""

    def put(self, output: Output, /) -> None:
        """Take the next one."""

    def close(self) -> None:
        """There are no more."""


Outlets = Mapping[tuple[Shard, str], Outlet]


class ReplayPartition(StatefulSinkPartition[Published, None]):
    """Hands the records of one shard to its outlets."""

    def __init__(self, shard: Shard, outlets: Outlets, failure: Failure) -> None:
        self._shard = shard
        self._outlets = outlets
        self._failure = failure

    def write_batch(self, items: list[Published]) -> None:
        """Hand records on, each topic's in order."""
        with self._failure.noted():
            for record in (record for _, records in items for record in records):
                self._outlets[self._shard, record.topic].put(replayed(record, self._shard.number))

    def snapshot(self) -> None:
        """Return nothing: a replay begins at the beginning."""


class ReplaySink(FixedPartitionedSink[Published, None]):
    """The outlets of all shards."""

    def __init__(self, outlets: Outlets, failure: Failure) -> None:
        self._outlets = outlets
        self._failure = failure
        self._shards = {shard.key: shard for shard, _ in outlets}

    def list_parts(self) -> list[str]:
        """Return the keys of the shards."""
        return sorted(self._shards)

    def part_fn(self, item_key: str) -> int:
        """Return the place of a shard in the sorted list of parts."""
        return self.list_parts().index(item_key)

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> ReplayPartition:
        """Take one shard's records."""
        return ReplayPartition(self._shards[for_part], self._outlets, self._failure)
