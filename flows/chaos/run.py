"""The run: kills and disturbances one after another, then quiet, then a clean stop."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import NamedTuple

from connectors.failpoints import POINTS
from connectors.kafka.clients import consumer
from connectors.kafka.reading import ends
from connectors.kafka.topics import shards, share
from flows.chaos import disturbances as faults
from flows.chaos.arena import Arena
from flows.chaos.plan import COMMIT, RANDOM, STARTING, Kill, disturbances, kills
from flows.chaos.traffic import Market, Operator
from flows.chaos.worker import ChaosError, Worker

AIMED_WITHIN_S = 12.0
CAUGHT_UP_WITHIN_S = 60.0
DISTURB_EVERY = 4
RATE = 6.0
STRACE = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync")


class Recovery(NamedTuple):
    """From the end of a process to its successor standing where the ticks ended, and what it came after."""

    seconds: float
    after: str


@dataclass(slots=True)
class Chaos:
    """What was done, and how long each recovery took."""

    seed: int
    killed: Counter[str] = field(default_factory=Counter)
    disturbed: Counter[str] = field(default_factory=Counter)
    impossible: dict[str, str] = field(default_factory=dict)
    recoveries: list[Recovery] = field(default_factory=list)
    commands: int = 0

    @property
    def kills(self) -> int:
        """Return how many kills there were."""
        return self.killed.total()


def unleash(arena: Arena, count: int, seed: int, told: Callable[[int, str], None]) -> Chaos:
    """Run all instances through so many kills and stop them cleanly; ``told`` hears of each."""
    rng = random.Random(seed)  # noqa: S311  not for secrets
    chaos = Chaos(seed)
    able, chaos.impossible = faults.available(arena.scratch, transactions=arena.settings.output_transactions)
    aimed = _aimed(chaos)
    disturbing = disturbances(list(able), DISTURB_EVERY, count, rng)
    with ExitStack() as ending:
        workers = _started(arena, ending)
        with Operator(arena, seed) as operator, Market(arena, seed, RATE):
            for number, kill in enumerate(kills(count, aimed, rng)):
                worker = rng.choice(workers)
                if number in disturbing:
                    told(chaos.kills, disturbing[number])
                    able[disturbing[number]](arena, worker, rng)
                    chaos.disturbed[disturbing[number]] += 1
                    _recover(arena, worker, chaos, disturbing[number])
                told(chaos.kills, kill.where)
                _kill(worker, kill, chaos, rng)
                worker.start()
                _recover(arena, worker, chaos, kill.where)
        chaos.commands = operator.sent
        for worker in workers:
            _recover(arena, worker, chaos, "the last of all")
        _end(arena, workers)
    return chaos


def _aimed(chaos: Chaos) -> list[str]:
    """Return the places where a process can be made to die here."""
    if shutil.which(STRACE[0]):
        return [*POINTS, COMMIT]
    chaos.impossible[COMMIT] = "strace is not installed"
    return [*POINTS]


def _started(arena: Arena, ending: ExitStack) -> list[Worker]:
    """Start every instance; none outlives ``ending``."""
    config, every = arena.settings, shards(arena.settings)
    each = [config.model_copy(update={"instance": i}) for i in range(config.of)]
    workers = [Worker(arena, own.instance, share(every, own)) for own in each]
    for worker in workers:
        ending.callback(worker.close)
        worker.start()
    return workers


def _kill(worker: Worker, kill: Kill, chaos: Chaos, rng: random.Random) -> None:
    """Kill the running process; for an aimed kill, one that was started to die there.

    The running one that makes room for it is killed too, and not counted.
    """
    if kill.where == RANDOM:
        time.sleep(rng.uniform(0.0, 1.5))
    worker.kill()
    if kill.where == RANDOM:
        chaos.killed[RANDOM] += 1
        return
    if kill.where == STARTING:
        worker.start()
        time.sleep(rng.uniform(0.3, 1.5))
        worker.kill()
        chaos.killed[STARTING] += 1
        return
    worker.start(kill.failpoint, under=_strace(kill) if kill.where == COMMIT else ())
    died = worker.wait_for_death(AIMED_WITHIN_S)
    if died is None:
        worker.kill()
    chaos.killed[RANDOM if died is None else died or kill.where] += 1


def _strace(kill: Kill) -> list[str]:
    return [*STRACE, "-e", f"inject=fsync,fdatasync:signal=SIGKILL:when={kill.count}"]


def _recover(arena: Arena, worker: Worker, chaos: Chaos, after: str) -> None:
    """Wait until the process stands where the ticks ended when the look began, and note since when."""
    fed = _ends(arena, worker)
    worker.wait_until(
        lambda: _stands(worker.positions(), fed), CAUGHT_UP_WITHIN_S, f"does not catch up with {fed}"
    )
    if worker.died_at:
        chaos.recoveries.append(Recovery(time.monotonic() - worker.died_at, after))
        worker.died_at = 0.0


def _ends(arena: Arena, worker: Worker) -> dict[str, int]:
    with closing(consumer(arena.settings.kafka_bootstrap)) as client:
        return {shard.key: ends(client, shard.topic, shard.partition)[1] for shard in worker.shards}


def _stands(positions: dict[str, int] | None, fed: dict[str, int]) -> bool:
    return positions is not None and all(positions.get(key, -1) >= end for key, end in fed.items())


def _end(arena: Arena, workers: list[Worker]) -> None:
    """Let every second of the market close, by beats, and stop."""
    over = int(time.time()) + 1
    for worker in workers:
        fed = [key for key, end in _ends(arena, worker).items() if end]
        worker.wait_until(
            lambda: all(worker.seconds().get(key, 0) >= over for key in fed),  # noqa: B023  awaited here
            CAUGHT_UP_WITHIN_S,
            f"does not close second {over}",
        )
    for worker in workers:
        code = worker.process.stop(30.0)
        if code != 0:
            raise ChaosError(f"instance {worker.instance} stopped with {code}:\n{worker.last_words()}")
