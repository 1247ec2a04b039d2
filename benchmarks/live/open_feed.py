"""Feeds a live market by the clock: ``python -m benchmarks.live.open_feed`` and five values.

An open loop: each tick has a due time, and one that is sent late moves no other. It says ``ready`` once it
knows the topic, waits for a line, answers with the due time of the first tick, and at the end prints one
JSON object: the ticks, and how late they were handed to the client, in ms (p50, p99, longest).
"""

from __future__ import annotations

import gc
import sys
import time
from typing import Any

import orjson

from benchmarks.live.schedule import Schedule
from benchmarks.results import percentile
from connectors.kafka.clients import producer

LINGER_MS = 1
LEAD_NS = 100_000_000
SLEEP_S = 0.0002
"""Shorter sleeps would take a core that the broker needs, and longer ones would be late."""
SERVE_EVERY = 500
FIND_S, FLUSH_S = 30.0, 30.0
_MILLI = 1_000_000


def main(bootstrap: str, topic: str, partitions: str, rate: str, seconds: str) -> None:
    """Feed and print how late the ticks were."""
    client = producer(bootstrap, linger_ms=LINGER_MS)
    client.list_topics(topic, timeout=FIND_S)
    print("ready", flush=True)
    sys.stdin.readline()
    schedule = Schedule(time.time_ns() + LEAD_NS, int(rate), int(partitions))
    print(schedule.start_ns, flush=True)
    gc.disable()  # a collection would be a lateness of the feeder's own
    late = feed(client, topic, schedule, int(float(seconds) * schedule.rate))
    if client.flush(FLUSH_S):
        sys.exit(f"the broker did not take the ticks of {topic}")
    told = {name: percentile(late, share) / _MILLI for name, share in _SHARES.items()}
    print(orjson.dumps({"ticks": len(late), **told}).decode(), flush=True)


def feed(client: Any, topic: str, schedule: Schedule, ticks: int) -> list[int]:
    """Send each tick when it is due, or as soon as possible after; return how late each was, ns."""
    late = []
    for tick in range(ticks):
        due = schedule.due(tick)
        while (now := time.time_ns()) < due:
            time.sleep(max((due - now) / 1e9, SLEEP_S))
        _put(client, topic, schedule, tick, due)
        late.append(now - due)
        if tick % SERVE_EVERY == 0:
            client.poll(0)
    return late


def value(symbol: int, tick: int, due: int) -> bytes:
    """Return a tick as canonical JSON, at a price that moves by up to one percent."""
    price = 100.0 + tick * 7_919 % 1_000 / 1_000
    return b'{"symbol":"S%02d","ts":%d,"price":%.3f,"qty":1.5}' % (symbol, due, price)


def _put(client: Any, topic: str, schedule: Schedule, tick: int, due: int) -> None:
    symbol = schedule.symbol(tick)
    while True:
        try:
            client.produce(
                topic, value(symbol, tick, due), b"S%02d" % symbol, partition=schedule.partition(tick),
                timestamp=due // _MILLI,
            )  # fmt: skip
            return
        except BufferError:
            client.poll(0.001)


_SHARES = {"p50": 0.5, "p99": 0.99, "longest": 1.0}

if __name__ == "__main__":
    main(*sys.argv[1:])
