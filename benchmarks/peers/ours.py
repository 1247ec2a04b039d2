"""Our own way: columns all through, in the product's engine and with its client, decoder, pace and windows.

What the flow does besides is left out: journal, control, feature rows, models, judge, sink and snapshots.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

import bytewax.operators as op
import numpy as np
from bytewax.dataflow import Dataflow
from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition
from confluent_kafka import TopicPartition

from benchmarks.peers.bars import write
from benchmarks.peers.telling import Began, Collected, tell
from benchmarks.peers.windows import Windows
from connectors.codecs.decode import Decoder
from connectors.kafka.clients import consumer
from connectors.kafka.fetching import Fetched
from connectors.kafka.pace import Pace
from connectors.kafka.reading import ends
from connectors.kafka.turns import Turns
from connectors.settings import Settings
from flows.runtime import run
from flows.stages import KeyedStage
from models.inputs import TickBatch
from models.judge.records import Shard

Item = tuple[str, tuple[Shard, TickBatch]]
_MILLI = 1_000_000


def main(bootstrap: str, topic: str, partitions: str, out: str) -> None:
    """Make the bars of a topic, tell how long it took, and write them."""
    client = consumer(bootstrap)
    high = {Shard(topic, p, p): ends(client, topic, p)[1] for p in range(int(partitions))}
    client.close()
    made, began = Collected(), Began()
    flow = Dataflow("ours")
    batches = op.input("shards", flow, _Source(bootstrap, high, began))
    stage = op.stateful_batch("windows", batches, lambda saved: KeyedStage(lambda *_: Windows(), saved))
    op.output("keep", stage, made)
    run(flow, timedelta(milliseconds=Settings.model_fields["epoch_ms"].default))
    tell(sum(high.values()), began, made.last, version("levibot"))
    write(Path(out), [bar for _, (_, each) in made.items for bar in each.each()])


class _Partition(StatefulSourcePartition[Item, None]):
    """Reads one partition from its beginning to a fixed end; begins anew at a restart."""

    def __init__(self, bootstrap: str, shard: Shard, end: int, began: Began, turns: Turns) -> None:
        self._client = consumer(bootstrap)
        self._client.assign([TopicPartition(shard.topic, shard.partition, 0)])
        self._fetched = Fetched(self._client, shard.key)
        self._pace, self._turns, self._decoder = Pace(), turns, Decoder()
        self._shard, self._end, self._next, self._began = shard, end, 0, began

    def next_batch(self) -> list[Item]:
        """Return what is here, as one batch."""
        if self._next >= self._end:
            raise StopIteration
        self._pace.asked()
        if not self._turns.may_read(self._shard.key):
            return []
        offsets, ms, values = self._fetched.take(self._pace.next_size(), None)
        self._pace.took(len(values))
        self._turns.has_read(self._shard.key, something=bool(values))
        if not values:
            return []
        self._began.note(values)
        self._next = offsets[-1] + 1
        decoded = self._decoder.decode(values)
        batch = TickBatch(np.array(offsets), np.array(ms) * _MILLI, values, decoded, seq=1)
        return [(self._shard.key, (self._shard, batch))]

    def snapshot(self) -> None:
        """Keep nothing."""

    def close(self) -> None:
        """Leave the broker."""
        self._client.close()


class _Source(FixedPartitionedSource[Item, None]):
    def __init__(self, bootstrap: str, high: dict[Shard, int], began: Began) -> None:
        self._bootstrap, self._began, self._turns = bootstrap, began, Turns()
        self._shards = {shard.key: (shard, end) for shard, end in high.items()}

    def list_parts(self) -> list[str]:
        return list(self._shards)

    def build_part(self, _step_id: str, for_part: str, _resume_state: None) -> _Partition:
        return _Partition(self._bootstrap, *self._shards[for_part], self._began, self._turns)


if __name__ == "__main__":
    main(*sys.argv[1:])
