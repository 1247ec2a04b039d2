"""A whole run: lives of a process one after the other, until everything is taken in; then the promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from structlog.testing import capture_logs

from connectors.kafka import clients
from connectors.kafka.errors import BrokerError
from models.journal.fold import JournalError
from tests.simulation.broker import Broker
from tests.simulation.clock import Still, clocks, replaced
from tests.simulation.consumer import Admin, Consumer
from tests.simulation.errors import BrokenError
from tests.simulation.lives import GAVE_UP, Crash, Frozen
from tests.simulation.plan import JOURNAL, Plan
from tests.simulation.process import Ledgers, Process, shards
from tests.simulation.promises import check
from tests.simulation.rules import Rules
from tests.simulation.transactions import producer
from tests.simulation.world import TICKS, World

ALL = Rules()
_MOST_LIVES = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did."""

    world: World
    lives: int
    records: int
    happened: Counter[str]


def run(plan: Plan, rules: Rules = ALL) -> Outcome:
    """Simulate a run; raise ``BrokenError`` where a promise is broken."""
    world = World(plan)
    ledgers: Ledgers = {}
    try:
        with twins(world, rules):
            lives = _lives(world, rules, ledgers)
            world.quiet()
        records = sum(
            check(plan, world.broker, shard, world.accepted, ledgers.get(shard.key)) for shard in shards(plan)
        )
    except Exception as error:  # whatever a process raises that is no reason to be started again
        raise BrokenError(f"{type(error).__name__}: {error}\n{plan}") from error
    return Outcome(world, lives, records, world.happened)


def replayed(world: World) -> Broker:
    """Let the product run over a world's ticks and journal alone, from nothing; return what is then there.

    Bundles that the journal names are there, but nothing new comes of those that are only wanted.
    """
    plan = replace(
        world.plan,
        ticks=0,
        commands=0,
        crashes=0,
        stalls=0,
        silence=0,
        wipes=False,
        aim="",
        slow="",
        losses=0.0,
        answers=0.0,
    )
    copy = World(plan)
    copy.broker, copy.clock = world.broker.only(TICKS, JOURNAL), Still()
    with twins(copy, ALL):
        if not Process(copy, ALL, {}).live():
            raise BrokenError("it stopped")
    return copy.broker


@contextmanager
def twins(world: World, rules: Rules) -> Iterator[None]:
    """Let the product's connectors find the twins of a world where they look for broker and clock."""
    made = {
        (clients, "Consumer"): partial(Consumer, world),
        (clients, "Producer"): partial(producer, world),
        (clients, "AdminClient"): partial(Admin, world),
    }
    with replaced(made | dict.fromkeys(clocks(), world.clock) | rules.replaced()), capture_logs():
        yield


def _lives(world: World, rules: Rules, ledgers: Ledgers) -> int:
    for number in range(1, _MOST_LIVES):
        world.between_lives()
        if _life(world, rules, ledgers):
            return number
    raise BrokenError(f"not at rest after {_MOST_LIVES} lives")


def _life(world: World, rules: Rules, ledgers: Ledgers) -> bool:
    """Return whether the process came to the end of everything, instead of dying or being stopped."""
    try:
        return Process(world, rules, ledgers).live()
    except Crash:
        return False
    except Frozen as frozen:
        world.replaces(frozen.process)
        return False
    except (BrokerError, JournalError) as error:
        if not GAVE_UP.search(str(error)):
            raise
        world.happened["gave up"] += 1
        return False
    finally:
        world.dies()
