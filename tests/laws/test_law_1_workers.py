"""Law 1 under the engine itself: worker counts and placements change no byte of what a shard emits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from typing import Any

import numpy as np
import orjson
import pytest
from bytewax.dataflow import Dataflow
from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.testing import cluster_main, run_main

from connectors.codecs import Decoder
from flows.signals import signals_flow
from models.desk.desk import Desk
from models.inputs import Cause, Genesis, Input, TickBatch
from models.judge.records import Shard
from models.scoring.registry import load_all
from models.simulator import Faults, MarketSpec, instruments, simulate
from models.spec import Spec

SHARDS = [Shard("ticks", partition, partition) for partition in range(3)]
SPEC = Spec()
START = 1_700_000_000_000_000_000


def inputs(shard: Shard, batch: int) -> list[Input]:
    """Return about a minute of a simulated market of the shard's own, in batches of that many records."""
    spec = MarketSpec(instruments=instruments(4), faults=Faults(late=0.01, duplicate=0.01, corrupt=0.01))
    stream = list(islice(simulate(spec, shard.partition, START), 1_200))
    found: list[Input] = [Genesis(Desk(), Cause(0, 1))]
    for first in range(0, len(stream), batch):
        part = stream[first : first + batch]
        values = [record.value for record in part]
        offsets, stamps = np.arange(first, first + len(part)), np.array([record.record_ts for record in part])
        found.append(TickBatch(offsets, stamps, values, Decoder().decode(values), 1))
    return found


class _Part(StatefulSourcePartition[Any, None]):
    def __init__(self, shard: Shard, batch: int) -> None:
        self._items = iter([(shard.key, (shard, one)) for one in inputs(shard, batch)])

    def next_batch(self) -> list[Any]:
        return [next(self._items)]

    def snapshot(self) -> None:
        return None


class _Source(FixedPartitionedSource[Any, None]):
    def __init__(self, batch: int) -> None:
        self._batch = batch

    def list_parts(self) -> list[str]:
        return [shard.key for shard in SHARDS]

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> _Part:
        return _Part(next(shard for shard in SHARDS if shard.key == for_part), self._batch)


class _Sink(DynamicSink[Any]):
    def __init__(self) -> None:
        self.found: dict[str, list[bytes]] = defaultdict(list)

    def build(self, step_id: str, worker_index: int, worker_count: int) -> StatelessSinkPartition[Any]:
        found = self.found

        class Part(StatelessSinkPartition[Any]):
            def write_batch(self, items: list[Any]) -> None:
                for key, (_, records) in items:
                    found[key] += [orjson.dumps([r.topic, r.ordinal]) + r.value for r in records]

        return Part()


def emitted(batch: int, main: Callable[[Dataflow], None]) -> dict[str, list[bytes]]:
    """Run the flow and return each shard's records, in the order in which the sink got them."""
    sink = _Sink()
    main(signals_flow(_Source(batch), sink, SPEC, load_all(SPEC.models)))
    return dict(sink.found)


@pytest.mark.parametrize("workers", [2, 3])
def test_worker_count_and_placement_change_nothing(workers: int) -> None:
    """Two or three workers and other batches give the bytes of one worker, shard by shard."""
    alone = emitted(100, lambda flow: run_main(flow, epoch_interval=timedelta(seconds=10)))
    spread = emitted(7, lambda flow: cluster_main(flow, [], 0, worker_count_per_proc=workers))
    assert alone.keys() == {shard.key for shard in SHARDS}
    assert all(len(records) > 100 for records in alone.values())
    topics = {orjson.loads(line[: line.index(b"]") + 1])[0] for line in alone[SHARDS[0].key]}
    for key, records in alone.items():
        for topic in topics:
            start = orjson.dumps([topic])[:-1]
            assert [r for r in spread[key] if r.startswith(start)] == [
                r for r in records if r.startswith(start)
            ]
