"""The run: kills and disturbances one after another, then quiet, then a clean stop."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import NamedTuple

from connectors.failpoints import POINTS
from connectors.kafka.topics import shards, share
from flows.chaos import disturbances as faults
from flows.chaos.account import AccountWorker
from flows.chaos.arena import Arena
from flows.chaos.plan import COMMIT, RANDOM, STARTING, Kill, disturbances, kills
from flows.chaos.traffic import Market, Operator
from flows.chaos.worker import ChaosError, Worker

AIMED_WITHIN_S = 12.0
CAUGHT_UP_WITHIN_S = 60.0
DISTURB_EVERY = 4
ACCOUNT_EVERY = 3
"""Of so many kills one is the paper account's."""
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
    account_kills: int = 0
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
        account = workers[-1]
        with Operator(arena, seed) as operator, Market(arena, seed, RATE):
            for number, kill in enumerate(kills(count, aimed, rng)):
                worker = rng.choice(workers[:-1])
                if number in disturbing:
                    told(chaos.kills, disturbing[number])
                    able[disturbing[number]](arena, worker, rng)
                    chaos.disturbed[disturbing[number]] += 1
                    _recover(worker, chaos, disturbing[number])
                told(chaos.kills, kill.where)
                if number % ACCOUNT_EVERY == 1:
                    worker = account
                    chaos.account_kills += 1
                _kill(worker, kill, chaos, rng)
                worker.start()
                _recover(worker, chaos, kill.where)
        chaos.commands = operator.sent
        for worker in workers:
            _recover(worker, chaos, "the last of all")
        _end(workers)
    return chaos


def _aimed(chaos: Chaos) -> list[str]:
    """Return the places where a process can be made to die here."""
    if shutil.which(STRACE[0]):
        return [*POINTS, COMMIT]
    chaos.impossible[COMMIT] = "strace is not installed"
    return [*POINTS]


def _started(arena: Arena, ending: ExitStack) -> list[Worker]:
    """Start every instance, and the paper account as the last one; none outlives ``ending``."""
    config, every = arena.settings, shards(arena.settings)
    each = [config.model_copy(update={"instance": i}) for i in range(config.of)]
    workers = [Worker(arena, own.instance, share(every, own)) for own in each]
    workers.append(AccountWorker(arena, every))
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


def _recover(worker: Worker, chaos: Chaos, after: str) -> None:
    """Wait until the process stands where the ticks ended when the look began, and note since when."""
    goal = worker.goal()
    worker.wait_until(lambda: worker.stands(goal), CAUGHT_UP_WITHIN_S, f"does not catch up with {goal}")
    if worker.died_at:
        chaos.recoveries.append(Recovery(time.monotonic() - worker.died_at, after))
        worker.died_at = 0.0


def _end(workers: list[Worker]) -> None:
    """Let every second of the market close, by beats, and stop."""
    over = int(time.time()) + 1
    for worker in workers[:-1]:
        fed = [key for key, end in worker.goal().items() if end]
        worker.wait_until(
            lambda: all(worker.seconds().get(key, 0) >= over for key in fed),  # noqa: B023  awaited here
            CAUGHT_UP_WITHIN_S,
            f"does not close second {over}",
        )
    for worker in workers[:-1]:
        _stop(worker)
    goal = workers[-1].goal()
    workers[-1].wait_until(
        lambda: workers[-1].stands(goal), CAUGHT_UP_WITHIN_S, f"does not catch up with {goal}"
    )
    _stop(workers[-1])


def _stop(worker: Worker) -> None:
    code = worker.process.stop(30.0)
    if code != 0:
        raise ChaosError(f"{worker.name} stopped with {code}:\n{worker.last_words()}")
