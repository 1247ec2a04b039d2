"""The stages with a sink behind: ``python -m benchmarks.backlog.sink_worker`` and five values.

In one process, without the engine: Market, Scorer, Judge and Monitor over a topic that was read and decoded
before, the encoding of every record, and the sink (``none``, ``plain`` or ``exact``). Prints one JSON object:
records (ticks), seconds, cpu (of all threads), published.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import numpy as np
import orjson
from confluent_kafka import Consumer, TopicPartition

from benchmarks.backlog.sinks import Published, sinks
from connectors.codecs.decode import Decoder
from connectors.codecs.wire import encode
from connectors.kafka.clients import consumer
from connectors.kafka.fetching import Fetched
from connectors.kafka.reading import ends
from connectors.kafka.sink import Emitted
from flows.runtime import collect_seldom
from models.desk.desk import Desk
from models.inputs import TickBatch
from models.judge.judge import Judge
from models.judge.records import Shard
from models.market.market import Market
from models.monitor.monitor import Monitor
from models.scoring.registry import load_all
from models.scoring.scorer import Scorer
from models.spec import Spec

AT_ONCE = 5_000
"""Ticks in a batch, as the flow takes them when it is behind."""


class Stages:
    """Market, Scorer, Judge and Monitor of one shard, and the bytes of their records."""

    def __init__(self, shard: Shard) -> None:
        spec, models = Spec(), load_all(Spec().models)
        self._market, self._scorer = Market(spec, Desk()), Scorer(spec, models)
        self._judge, self._monitor = Judge(spec, shard, models), Monitor(spec, shard, models)

    def step(self, batch: TickBatch) -> list[Published]:
        """Take in a batch and return what is to be published."""
        emitted: list[Emitted] = []
        for emission in self._judge.step(self._scorer.step(self._market.step([batch]))):
            emitted += [emission, *self._monitor.step(emission.monitor)]
        return [(one, [encode(record) for record in one.records]) for one in emitted]


def main(how: str, bootstrap: str, topic: str, partitions: str, suffix: str) -> None:
    """Measure one way over a whole topic and print it."""
    collect_seldom()  # as the flow does
    client, told = consumer(bootstrap), {"records": 0.0, "seconds": 0.0, "cpu": 0.0, "published": 0.0}
    opened = sinks(how, bootstrap, suffix)
    for partition in range(int(partitions)):
        read = list(batches(client, topic, partition))
        shard = Shard(topic, partition, partition)
        stages, sink = Stages(shard), opened(shard)
        began, used = time.perf_counter(), time.process_time()
        for batch in read:
            items = stages.step(batch)
            told["published"] += sum(len(records) for _, records in items)
            sink.write(items)
        sink.finish()
        told["seconds"] += time.perf_counter() - began
        told["cpu"] += time.process_time() - used
        told["records"] += sum(map(len, read))
    print(orjson.dumps(told).decode())


def batches(client: Consumer, topic: str, partition: int) -> Iterator[TickBatch]:
    """Yield a partition's records, decoded."""
    client.assign([TopicPartition(topic, partition, 0)])
    fetched, decoder, seen = Fetched(client, topic), Decoder(), 0
    end = ends(client, topic, partition)[1]
    while seen < end:
        found = fetched.take(AT_ONCE, None)
        if found.values:
            seen = found.offsets[-1] + 1
            times = np.array(found.ms) * 1_000_000
            yield TickBatch(np.array(found.offsets), times, found.values, decoder.decode(found.values), seq=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
