"""What it costs that nothing is lost and nothing is there twice.

The whole flow over a backlog: as it is, with next to no snapshots (the longest epoch), and in transactions.
And the sink alone, as a share of the work: stages and encoding in one process, with the records forgotten,
handed to a producer that promises little, and published by the product's sink. Of the recorded density, where
most records come of a tick.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import orjson

from benchmarks import machine
from benchmarks.brokers import Embedded
from benchmarks.errors import BenchmarkError
from benchmarks.flow_settings import flow_settings
from benchmarks.ground import WORKER_S, Ground
from benchmarks.results import Row, row
from benchmarks.ticks import TickTopic, settings_of

NAME = "exactly-once"
LONGEST_EPOCH_MS = 60_000
AS_IT_IS, RARELY, FENCED = "as it is", "a snapshot a minute", "in transactions"
FLOWS: dict[str, dict[str, Any]] = {
    AS_IT_IS: {},
    RARELY: {"epoch_ms": LONGEST_EPOCH_MS},
    FENCED: {"output_transactions": True},
}
SINKS = ("none", "plain", "exact")


def steps(repeats: int) -> int:
    """Return how often the progress bar moves on."""
    return 1 + (len(FLOWS) + len(SINKS)) * repeats


def run(ground: Ground) -> list[Row]:
    """Measure flows and sinks, side by side in each repeat."""
    ticks = ground.recorded()
    mock = isinstance(ground.broker, Embedded)  # its markers of transactions cannot be read
    flows: dict[str, list[float]] = {name: [] for name in FLOWS if not (mock and name == FENCED)}
    sinks: dict[str, list[dict[str, float]]] = {name: [] for name in SINKS}
    for n in range(ground.sizes.repeats):
        turn = f"{ticks.what}, {n + 1} of {ground.sizes.repeats}"
        for name, rates in flows.items():
            ground.say(f"exactly once: the flow {name}, {turn}")
            rates.append(_flow(ground, ticks, FLOWS[name]))
        for name, told in sinks.items():
            ground.say(f"exactly once: sink {name}, {turn}")
            told.append(_worker(ground, ticks, name, n))
    return [*_flow_rows(ticks.what, flows), *sink_rows(ticks.what, sinks)]


def _flow(ground: Ground, ticks: TickTopic, settings: dict[str, Any]) -> float:
    with ground.flow(ticks, **settings) as flow:
        flow.to_the_end()
        flow.stop()
        return ticks.records / flow.seconds()


def _worker(ground: Ground, ticks: TickTopic, sink: str, n: int) -> dict[str, float]:
    """Run the stages with a sink, in a process of its own on the flow's core, into topics of its own."""
    tag = f"sink-{sink}-{ticks.name}-{n}"
    ground.broker.create(settings_of(flow_settings(ground.broker, ticks, ground.redis.url, tag)))
    given = (sink, ground.broker.bootstrap, ticks.name, str(len(ticks.ends)), f"-{tag}")
    command = [sys.executable, "-m", "benchmarks.backlog.sink_worker", *given]
    with machine.on(machine.FLOW):
        done = subprocess.run(
            command, cwd=machine.ROOT, capture_output=True, text=True, timeout=WORKER_S, check=False
        )
    if done.returncode != 0:
        raise BenchmarkError(f"the sink '{sink}' failed:\n{done.stderr[-2000:]}")
    told: dict[str, float] = orjson.loads(done.stdout)
    return told


def _flow_rows(what: str, flows: dict[str, list[float]]) -> list[Row]:
    """Return what snapshots cost, and transactions where they were measured."""
    found = [
        row(
            f"exactly once: Kafka → signals, {what}", "ticks/s", flows[AS_IT_IS], against=flows[RARELY],
            against_what=RARELY, note="as it is, a snapshot a second; the flow cannot run without any",
        )
    ]  # fmt: skip
    if FENCED in flows:
        found.append(row(
            f"exactly once: Kafka → signals in transactions, {what}", "ticks/s", flows[FENCED],
            against=flows[AS_IT_IS], against_what=AS_IT_IS,
            note="OUTPUT_TRANSACTIONS, a commit for each batch of a shard",
        ))  # fmt: skip
    return found


def sink_rows(what: str, sinks: dict[str, list[dict[str, float]]]) -> list[Row]:
    """Return what the sink costs; raise ``BenchmarkError`` if not all were given the same records."""
    none, plain, exact = ([one["records"] / one["seconds"] for one in sinks[name]] for name in SINKS)
    of_time, of_processor = (_share(sinks, of) for of in ("seconds", "cpu"))
    counts = {one["published"] for runs in sinks.values() for one in runs}
    if len(counts) != 1:
        raise BenchmarkError(f"the sinks were given different numbers of records: {counts}")
    return [
        row(
            f"exactly once: stages, encoding and sink, {what}", "ticks/s", exact, against=none,
            against_what="sink off",
            note=f"the sink has {of_time:.0f} % of the time, {of_processor:.0f} % of the processor's; "
            f"{counts.pop() / sinks['none'][0]['records']:.2f} records a tick, without the engine",
        ),
        row(
            f"exactly once: stages, encoding and sink, {what}: against a plain producer", "ticks/s", exact,
            against=plain, against_what="no idempotence, acks=1, nothing awaited",
        ),
    ]  # fmt: skip


def _share(sinks: dict[str, list[dict[str, float]]], of: str) -> float:
    """Return what the product's sink adds, in percent of the whole."""
    without, whole = (sum(one[of] for one in sinks[name]) for name in ("none", "exact"))
    return 100 * (1 - without / whole)
