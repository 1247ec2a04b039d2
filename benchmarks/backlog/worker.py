"""What is measured without the flow, by ``python -m benchmarks.backlog.worker WHAT ...``.

``consume`` and ``decode`` are the ceiling: the client alone, and the client with our decoder, on the topic
that the flow reads, in the sizes that came out fastest. ``windows`` and ``market`` are one-second bars by
numpy alone and by Market. ``stages`` runs Market, Scorer and Judge on the
decoded batches and counts only them; ``monitors`` runs all stages and encoding, and tells the monitors'
part. Prints one JSON object: records, seconds, and cpu, the processor's seconds of all threads.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import orjson
from confluent_kafka import Consumer, Message, TopicPartition

from benchmarks.backlog.bars import market, windows
from benchmarks.backlog.batches import Ends, Took, batches
from benchmarks.backlog.watched import Stopwatch, Watched
from connectors.codecs.decode import Decoder
from connectors.kafka.clients import consumer
from connectors.kafka.errors import check
from connectors.kafka.fetching import CHUNK, Fetched
from connectors.kafka.reading import ends
from flows.runtime import collect_seldom
from models.desk.desk import Desk
from models.judge.judge import Judge
from models.judge.records import Shard
from models.market.market import Market
from models.scoring.registry import load_all
from models.scoring.scorer import Scorer
from models.spec import Spec

DECODED_AT_ONCE = 1_000


def main(what: str, bootstrap: str, topic: str, partitions: str) -> None:
    """Measure one thing over a whole topic and print it."""
    collect_seldom()  # as the flow does
    client = consumer(bootstrap)
    high = {p: ends(client, topic, p)[1] for p in range(int(partitions))}
    seconds, cpu = _MEASURED[what](client, topic, high)
    client.close()
    print(orjson.dumps({"records": sum(high.values()), "seconds": seconds, "cpu": cpu}).decode())


def consume(client: Consumer, topic: str, high: Ends) -> Took:
    """Read all, as fast as the client gives it."""
    return _timed(lambda: sum(map(len, _chunks(client, topic, high))))


def decode(client: Consumer, topic: str, high: Ends) -> Took:
    """Read all and decode it."""
    decoder = Decoder()

    def read() -> None:
        values: list[bytes | None] = []
        for messages in _chunks(client, topic, high):
            values += map(Message.value, messages)
            if len(values) >= DECODED_AT_ONCE:
                decoder.decode(values)
                values = []
        decoder.decode(values)

    return _timed(read)


def stages(client: Consumer, topic: str, high: Ends) -> Took:
    """Run the stages shard by shard, in batches of the size that the flow would choose."""
    decoder, models = Decoder(), load_all(Spec().models)
    seconds = cpu = 0.0
    for partition, end in high.items():
        market, scorer = Market(Spec(), Desk()), Scorer(Spec(), models)
        judge = Judge(Spec(), Shard(topic, partition, partition), models)
        client.assign([TopicPartition(topic, partition, 0)])
        for batch in batches(Fetched(client, topic), end, decoder):
            began, used = time.perf_counter(), time.process_time()
            judge.step(scorer.step(market.step([batch])))
            seconds, cpu = seconds + time.perf_counter() - began, cpu + time.process_time() - used
    return seconds, cpu


def monitors(client: Consumer, topic: str, high: Ends) -> Took:
    """Run all stages and encode what they publish, under a model with a drift reference.

    ``cpu`` is the part of the seconds that is the monitors': outcomes, buckets, Monitor, and its records.
    """
    decoder, watch = Decoder(), Stopwatch()
    seconds = 0.0
    for partition, end in high.items():
        client.assign([TopicPartition(topic, partition, 0)])
        read = list(batches(Fetched(client, topic), end, decoder))
        stages = Watched(Shard(topic, partition, partition), watch, read[: len(read) // 4])
        began = time.perf_counter()
        for batch in read:
            stages.step(batch)
        seconds += time.perf_counter() - began
    return seconds, watch.seconds


def _chunks(client: Consumer, topic: str, high: Ends) -> Iterator[list[Message]]:
    left = sum(high.values())
    client.assign([TopicPartition(topic, partition, 0) for partition in high])
    while left > 0:
        messages = client.consume(CHUNK, 0) or client.consume(1, 0.05)
        for error in filter(None, map(Message.error, messages)):
            check(error, f"reading {topic}")
        left -= len(messages)
        yield messages


def _timed(read: Callable[[], object]) -> Took:
    began, used = time.perf_counter(), time.process_time()
    read()
    return time.perf_counter() - began, time.process_time() - used


_MEASURED = {
    "consume": consume, "decode": decode, "windows": windows, "market": market, "stages": stages,
    "monitors": monitors,
}  # fmt: skip

if __name__ == "__main__":
    main(*sys.argv[1:])
