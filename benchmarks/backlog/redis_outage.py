"""What it costs the flow that Redis hangs (SIGSTOP) under load, and how soon the view is back.

Within one run: Redis answers, hangs for twice as long, answers again. Throughput is read off the progress
records; while it hangs it is compared with the two stretches around it.
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import numpy as np
import orjson

from benchmarks.errors import BenchmarkError
from benchmarks.flow import Flow
from benchmarks.ground import Ground
from benchmarks.published import records
from benchmarks.results import Row, Target, row
from connectors.kafka.messages import timestamp_ms
from connectors.kafka.topics import output
from connectors.redis.reader import ViewReader
from models.judge.records import PROGRESS

NAME = "redis"
SETTLE_S = 1.0
BACK_S = 2.0
"""The view must be up to date again this long after Redis is."""
LOOKS_S = 0.02
BEHIND_MS = 500.0
"""Writes are 200 ms apart at least."""


class Outage(NamedTuple):
    """One run: ticks per second with Redis and without, and how far the view was behind, ms."""

    running: float
    stopped: float
    seconds: float
    behind_ms: float


def steps(repeats: int) -> int:
    """Return how often the progress bar moves on."""
    return 1 + repeats


def run(ground: Ground) -> list[Row]:
    """Measure the outage."""
    ground.long()
    found = []
    for n in range(ground.sizes.repeats):
        ground.say(f"Redis outage, {n + 1} of {ground.sizes.repeats}")
        found.append(_outage(ground))
    return [
        row(
            f"Kafka → signals, {ground.long().what}: Redis hangs", "ticks/s", [o.stopped for o in found],
            against=[o.running for o in found], against_what="Redis answers", target=Target(bound=0.95),
            note="hung for " + ", ".join(f"{o.seconds:.0f} s" for o in found),
        ),
        row(
            f"Redis view behind the flow {BACK_S:.0f} s after it is back", "ms", [o.behind_ms for o in found],
            target=Target(bound=BEHIND_MS, of="ours", at_least=False),
            note="at the end of the log, offset and sequence in Redis equalled the flow's",
        ),
    ]  # fmt: skip


def _outage(ground: Ground) -> Outage:
    reader = ViewReader(ground.redis.url)
    with ground.flow(ground.long()) as flow:
        flow.until(lambda: all(flow.offsets()), "the first ticks", every_s=LOOKS_S)
        half_s = _half_s(flow, ground.sizes.outage_s)
        times = [time.time()]
        time.sleep(half_s)
        times.append(_hung(ground, 2 * half_s))
        times.append(time.time())
        behind_ms = _behind_ms(flow, reader)
        time.sleep(max(half_s - (time.time() - times[-1]), 0.0))
        times.append(time.time())
        if flow.offsets() == list(flow.ticks.ends):
            raise BenchmarkError("the backlog ended before the outage did: use more ticks")
        flow.to_the_end()
        flow.until(
            lambda: _same(flow, reader), "the view in Redis to equal the flow's state", every_s=LOOKS_S
        )
        flow.stop()
        before, hung, after = _rates(flow, times)
    reader.close()
    return Outage((before + after) / 2, hung, times[2] - times[1], behind_ms)


def _half_s(flow: Flow, outage_s: float) -> float:
    """Return half the outage, less than was asked for where the backlog would end before."""
    time.sleep(SETTLE_S)
    began, before = time.monotonic(), sum(flow.offsets())
    time.sleep(SETTLE_S)
    offset = sum(flow.offsets())
    left_s = (flow.ticks.records - offset) / (offset - before) * (time.monotonic() - began)
    return max(min(outage_s / 2, (left_s - BACK_S) / 5), 0.5)


def _hung(ground: Ground, seconds: float) -> float:
    """Stop Redis for a while and return when that began."""
    ground.redis.pause()
    began = time.time()
    try:
        time.sleep(seconds)
    finally:
        ground.redis.resume()
    return began


def _behind_ms(flow: Flow, reader: ViewReader) -> float:
    """Return how long ago the flow's state was what Redis shows, for the shard that is furthest behind."""
    back = time.monotonic() + BACK_S
    seen: list[tuple[float, dict[str, Any]]] = []
    while time.monotonic() < back:
        seen.append((time.monotonic(), flow.health()["shards"]))
        time.sleep(LOOKS_S)
    heads, now = reader.heads(), time.monotonic()
    behind = [0.0]
    for key, head in heads.items():
        if key in seen[-1][1]:
            past = [at for at, shards in seen if _place(shards[key]) <= _place(head)]
            behind.append(now - max(past, default=seen[0][0]))
    return max(behind) * 1e3


def _same(flow: Flow, reader: ViewReader) -> bool:
    heads = reader.heads()
    return all(
        key in heads and _place(heads[key]) == _place(own) for key, own in flow.health()["shards"].items()
    )


def _place(head: dict[str, Any]) -> tuple[int, int]:
    return head["offset"], head["seq"]


def _rates(flow: Flow, times: list[float]) -> list[float]:
    """Return the ticks per second between each two of the times, all shards together."""
    done = np.zeros(len(times))
    for shard in flow.shards:
        topic = output(PROGRESS, flow.settings)
        found = [
            (timestamp_ms(m), orjson.loads(m.value() or b""))
            for m in records(flow.settings, topic, shard.number)
        ]
        offsets = [body["caused_by"]["offset"] for _, body in found]
        done += np.interp(np.array(times) * 1e3, [ms for ms, _ in found], offsets)
    rates: list[float] = (np.diff(done) / np.diff(times)).tolist()
    return rates
