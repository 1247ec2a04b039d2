"""One life of a signals process: opened as the product opens it, and moved on turn by turn."""

from __future__ import annotations

from functools import cache
from typing import Any

from connectors.kafka.inputs import ShardInputs
from connectors.kafka.opening import Opening
from connectors.kafka.outlets import Outlets
from connectors.kafka.sink import Emitted, ShardSinks
from connectors.kafka.source import Item, ShardSource
from connectors.kafka.suppressed import Comparison
from connectors.settings import Settings
from models.inputs import Beat, TickBatch
from models.journal.journal import Journal
from models.judge.records import Emission, Shard
from models.market.ledger import Totals
from models.scoring.registry import load_all
from tests.simulation.bundles import loader_of
from tests.simulation.engine import Engine
from tests.simulation.errors import BrokenError
from tests.simulation.lives import Frozen
from tests.simulation.outside import SECRET
from tests.simulation.plan import MODELS, TELLING, Plan
from tests.simulation.rules import Rules
from tests.simulation.stages import line_of
from tests.simulation.world import TICKS, World

BROKER = "twin"
_MOST_TURNS = 20_000
Ledgers = dict[str, tuple[Any, Totals]]
"""The cause of the last delivered emission of each shard, and its books."""


@cache
def settings(start: str, transactions: bool) -> Settings:
    """Return the settings of a simulated process."""
    return Settings(
        _env_file=None, kafka_bootstrap=BROKER, admin_secret=SECRET, start=start,
        output_transactions=transactions,
    )  # fmt: skip


def shards(plan: Plan) -> list[Shard]:
    """Return the shards of a run."""
    return [Shard(TICKS, number, number) for number in range(plan.shards)]


class Process:
    """Everything that a crash destroys."""

    def __init__(self, world: World, rules: Rules, ledgers: Ledgers) -> None:
        self._world, self._rules, self._ledgers = world, rules, ledgers
        self._journals: dict[str, Journal] = {}
        self._known = list(world.accepted)
        self._told: set[str] = set()  # shards that told of a silence in this life
        self._stopping = False
        plan, mine = world.plan, shards(world.plan)
        outlets = Outlets(BROKER, "levibot" if plan.transactions else "")
        config = settings("latest" if plan.latest else "earliest", plan.transactions)
        models = load_all(MODELS)
        loader = loader_of(models, world.rng, plan.losses, plan.answers)
        self._opening = Opening(config, plan.spec, plan.desk, outlets, loader)
        # what a lost bundle had said before it was lost cannot be said again
        published, compare = self._opening.published, None if plan.losses else Comparison(BROKER, "")
        sinks = ShardSinks(mine, outlets, published, "", self._delivered, compare)
        self._engine = Engine(world, rules, line_of(plan, models), sinks)
        source = ShardSource(mine, self._open, lambda: self._stopping)
        state = self._engine.source_state
        self._parts = {shard.key: source.build_part("", shard.key, state(shard.key)) for shard in mine}

    def _open(self, shard: Shard, saved: bytes | None) -> ShardInputs:
        inputs = self._rules.weaken(self._opening.open(shard, saved))
        self._journals[shard.key] = inputs.journal
        return inputs

    def live(self) -> bool:
        """Run until there is nothing left to do and return true, or until a clean stop and return false.

        Raises ``Frozen`` where the process is suspended; it can go on with :meth:`turn`.
        """
        plan, rng, quiet = self._world.plan, self._world.rng, 0
        for _ in range(_MOST_TURNS):
            self.turn()
            if self._world.freezes():
                raise Frozen(self)
            quiet += self._took_everything()
            if quiet > plan.silence and self._at_rest():
                self._end()
                return True
            if not self._world.exhausted and rng.random() < 0.003:
                self._stop()
                return False
        raise BrokenError("the process never comes to rest")

    def turn(self) -> None:
        """Let the engine go on a little."""
        rng, engine = self._world.rng, self._engine
        self._world.point()
        key = rng.choice(list(self._parts))
        items = self._poll(key)
        engine.put(items)
        if engine.waiting() and rng.random() < 0.6:
            engine.activate(rng.choice((1, 3, engine.waiting())))
        if rng.random() < 1 / self._world.plan.epoch:
            self._snapshot()
        elif rng.random() < 0.3:
            engine.complete()
        if not items:
            self._world.idles(waits=self._journals[key].holding)

    def _poll(self, key: str) -> list[Item]:
        journal = self._journals[key]
        live = journal.live
        items = self._parts[key].next_batch()
        if live and any(isinstance(one, TickBatch) for _, (_, one) in items):
            self._check_commands(journal)
        if live and any(isinstance(one, Beat) for _, (_, one) in items):
            self._told.add(key)
        return items

    def _check_commands(self, journal: Journal) -> None:
        # what stood on control before the start must be taken in before a new tick
        missed = [offset for offset in self._known if offset >= journal.position.c]
        if missed:
            raise BrokenError(f"a new tick came before the commands at {missed}, which were there at start")

    def _snapshot(self) -> None:
        self._engine.activate(self._engine.waiting())
        parts, journals, rules = self._parts, self._journals, self._rules
        self._engine.snapshot(
            {key: rules.saved(part.snapshot(), journals[key]) for key, part in parts.items()}
        )

    def _stop(self) -> None:
        """End as on SIGTERM: sources drain and end, a last snapshot, clients are closed."""
        self._stopping = True
        for part in self._parts.values():
            while True:
                try:
                    self._engine.put(part.next_batch())
                except StopIteration:
                    break
                self._world.idles(waits=True)
        self._end()
        self._world.happened["stop"] += 1

    def _end(self) -> None:
        self._snapshot()
        self._engine.complete()
        self._engine.close()
        self._opening.close()

    def _at_rest(self) -> bool:
        """Nothing is in flight; a run that ends in a silence waits until every shard has told of it."""
        plan = self._world.plan
        told = plan.silence < TELLING or plan.latest or self._told == set(self._parts)
        return told and not any(journal.holding for journal in self._journals.values())

    def _took_everything(self) -> bool:
        world = self._world
        last = world.accepted[-1] if world.accepted else -1
        ends = [world.broker.end(TICKS, number) for number in range(world.plan.shards)]
        return world.exhausted and all(
            journal.live and journal.position.q and journal.position.c > last and journal.position.t == end
            for journal, end in zip(self._journals.values(), ends, strict=True)
        )

    def _delivered(self, shard: Shard, emissions: list[Emitted]) -> None:
        judged = [emission for emission in emissions if isinstance(emission, Emission)]
        if judged:
            self._ledgers[shard.key] = (judged[-1].cause, judged[-1].ledger)
