"""Reads signals as they come: ``python -m benchmarks.live.signal_reader BOOTSTRAP TOPIC PARTITIONS``.

A consumer as anybody would write one. It says ``ready`` once it reads, notes the wall clock whenever a record
is in its hands, and after a line on stdin reads on to the end of the topic. Then it prints one JSON list: of
each signal when it came (ns), the partition, offset and journal number of its ``caused_by``, and the end of
its second (ns).
"""

from __future__ import annotations

import gc
import select
import sys
import time

import orjson
from confluent_kafka import Consumer, Message, TopicPartition

from connectors.kafka.clients import consumer
from connectors.kafka.errors import check
from connectors.kafka.messages import offset_of, partition_of
from connectors.kafka.reading import ends

WAIT_S = 0.02
Came = tuple[int, Message]


def main(bootstrap: str, topic: str, partitions: str) -> None:
    """Read and print what came when."""
    client = consumer(bootstrap)
    client.assign([TopicPartition(topic, partition, 0) for partition in range(int(partitions))])
    print("ready", flush=True)
    gc.disable()  # a collection would be a latency of the reader's own
    found = follow(client, topic, int(partitions))
    client.close()
    print(orjson.dumps([_told(*came) for came in found]).decode(), flush=True)


def follow(client: Consumer, topic: str, partitions: int) -> list[Came]:
    """Return what comes until somebody writes a line, and what is there by then."""
    found: list[Came] = []
    while not select.select([sys.stdin], [], [], 0)[0]:
        _take(client, topic, found)
    left = {p: ends(client, topic, p)[1] for p in range(partitions)}
    for _, message in found:
        _done(left, message)
    while any(left.values()):
        if _take(client, topic, found):
            _done(left, found[-1][1])
    return found


def _take(client: Consumer, topic: str, found: list[Came]) -> bool:
    message = client.poll(WAIT_S)
    if message is None:
        return False
    now = time.time_ns()
    check(message.error(), f"reading {topic}")
    found.append((now, message))
    return True


def _done(left: dict[int, int], message: Message) -> None:
    """Note that a partition is read to its end."""
    if offset_of(message) + 1 >= left[partition_of(message)]:
        left[partition_of(message)] = 0


def _told(now: int, message: Message) -> tuple[int, int, int, int, int]:
    body = orjson.loads(message.value() or b"")
    cause = body["caused_by"]
    return now, cause["partition"], cause["offset"], cause["seq"], body["ts"]


if __name__ == "__main__":
    main(*sys.argv[1:])
