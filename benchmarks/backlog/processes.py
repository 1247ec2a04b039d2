"""The same backlog worked off by one process and by two, which share the shards between them.

One process has a core to itself, beside broker and Redis on the other. Two have both cores, and share them
with the broker: on a machine of two cores there is none left for it. So beside the ratio of the speeds stands
what the processes did for each second of processor time that they got, added up: what two processes would be
worth if each had a core of its own, as one process had.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from typing import NamedTuple

from benchmarks import machine
from benchmarks.flow import Flow
from benchmarks.flow_settings import flow_settings
from benchmarks.ground import Ground
from benchmarks.results import Row, Target, row
from benchmarks.span import span
from benchmarks.ticks import TickTopic, settings_of

NAME = "processes"
PROCESSES = 2
TIMES = 1.7


class Speeds(NamedTuple):
    """Ticks a second of all processes together, and of each: ticks a processor second, share of a core."""

    rate: float
    per_cpu_second: list[float]
    shares: list[float]


def steps(repeats: int) -> int:
    """Return how often the progress bar moves on."""
    return 2 + 2 * 2 * repeats


def run(ground: Ground) -> list[Row]:
    """Measure both densities."""
    return [one for ticks in (ground.dense(), ground.recorded()) for one in _density(ground, ticks)]


def speeds(ground: Ground, ticks: TickTopic, tag: str, of: int) -> Speeds:
    """Work a topic off with ``of`` processes; ``tag`` names their output topics, which are new."""
    cores = machine.FLOW if of == 1 else machine.FLOW | machine.OTHERS
    values = flow_settings(ground.broker, ticks, ground.redis.url, tag)
    ground.broker.create(settings_of(values))  # else each process would want to

    def started(instance: int) -> Flow:
        return Flow(
            ground.broker, ticks, ground.redis.url, ground.scratch, tag, cores=cores, instance=instance, of=of
        )

    with ExitStack() as stack, ThreadPoolExecutor(of) as pool:
        starting = [pool.submit(started, instance) for instance in range(of)]
        wait(starting)
        for one in starting:
            if one.exception() is None:
                stack.enter_context(one.result())
        flows = [one.result() for one in starting]
        used = list(pool.map(Flow.work_off, flows))
        for flow in flows:
            flow.stop()
    opened, ended = zip(*(span(flow.settings, flow.shards, flow.ends) for flow in flows), strict=True)
    return Speeds(
        ticks.records / (max(ended) - min(opened)) * 1e3,
        [sum(flow.ends) / work.cpu_s for flow, work in zip(flows, used, strict=True)],
        [work.cpu_s / work.seconds for work in used],
    )


def _density(ground: Ground, ticks: TickTopic) -> list[Row]:
    one: list[Speeds] = []
    two: list[Speeds] = []
    for n in range(ground.sizes.repeats):
        for of, found in ((1, one), (PROCESSES, two)):
            ground.say(f"{of} of {PROCESSES} processes: {ticks.what}, {n + 1} of {ground.sizes.repeats}")
            found.append(speeds(ground, ticks, f"{NAME}-{ticks.name}-{n}-{of}", of))
    return rows(ticks.what, one, two)


def rows(what: str, one: list[Speeds], two: list[Speeds]) -> list[Row]:
    """Return the measured ratio, and that of the work done in a second of processor time."""
    cores = len(machine.FLOW | machine.OTHERS)
    each = "; ".join(" and ".join(f"{share:.2f}" for share in run.shares) for run in two)
    left = ", ".join(f"{cores - sum(run.shares):.2f}" for run in two)
    alone = ", ".join(f"{run.shares[0]:.2f}" for run in one)
    return [
        row(
            f"2 processes against one, {what}", "ticks/s", [run.rate for run in two],
            against=[run.rate for run in one], against_what="one process", target=Target(bound=TIMES),
            note=f"both processes, broker and Redis share {cores} cores: the processes had {each} of a "
            f"core, and {left} were left, or idle; one process had {alone} of its own core",
        ),
        row(
            f"2 processes against one, {what}: work per processor second, added up", "ticks/s",
            [sum(run.per_cpu_second) for run in two], against=[sum(run.per_cpu_second) for run in one],
            against_what="one process",
            note="no measured speed: what two would do if each had a core to itself, and the broker another",
        ),
    ]  # fmt: skip
