"""Where the drills are: a broker, a Redis, the three flows, and a market of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from connectors.kafka.control_sender import Sender
from connectors.kafka.topics import shards
from connectors.settings import Settings
from flows.chaos.arena import Arena, arena
from flows.chaos.worker import ChaosError
from flows.error_drill.fragile import registered
from flows.error_drill.heard import Heard
from flows.error_drill.judging import own_again
from flows.error_drill.market import Market
from flows.error_drill.plan import Plan
from flows.marathon_trial.processes import Flow
from models.guard.records import ALERTS
from models.judge.records import DLQ, FALLBACK, SIGNALS, STALENESS, Shard
from models.simulator import instruments
from models.slo.body import SLO

TOPICS = (SIGNALS, STALENESS, FALLBACK, DLQ, SLO, ALERTS)
FLOWS = ("signals", "paper", "guard")
WELL_WITHIN_S = 60.0


class FlowEndedError(ChaosError):
    """A drill has ended a flow, which none may; the message quotes the last line of its log."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The running product, and what is done to it and heard of it."""

    plan: Plan
    settings: Settings
    shards: list[Shard]
    market: Market
    heard: Heard
    sender: Sender
    flows: tuple[Flow, ...]

    def look_after(self) -> None:
        """Raise ``FlowEndedError`` where a flow has ended."""
        for flow in self.flows:
            if not flow.running:
                last = flow.last_words().strip().splitlines() or [""]
                raise FlowEndedError(f"the flow {flow.flow} has ended: {last[-1]}")

    def well(self, since_ms: int = 0) -> bool:
        """Return whether every symbol has its model's own answer, by the signals from a time on."""
        self.look_after()
        return own_again(self.heard.since(SIGNALS, since_ms), self.market.symbols, since_ms) is not None


@contextmanager
def ground(scratch: Path, plan: Plan, *, embedded: bool) -> Iterator[Ground]:
    """Start everything, wait until all is well, and leave nothing behind."""
    with ExitStack() as stack:
        bare = stack.enter_context(arena(scratch, embedded=embedded, instances=1, transactions=False))
        place = _with_model(bare, plan)
        config, every = place.settings, shards(place.settings)
        heard = stack.enter_context(closing(Heard(config, TOPICS)))
        names = [one.symbol for one in instruments(plan.symbols)]
        market = Market(config, names, plan.rate, plan.seed)
        flows = tuple(stack.enter_context(closing(Flow(place, name, every))) for name in FLOWS)
        found = Ground(plan, config, every, market, heard, Sender(config, "drill"), flows)
        for flow in flows:
            flow.begin()
        stack.enter_context(market)
        heard.must(lambda: market.ready() and found.well(), WELL_WITHIN_S, "signals of every symbol")
        yield found


def _with_model(bare: Arena, plan: Plan) -> Arena:
    """Return the place with the model that can be made to fail, and with the rules of the plan."""
    own = {
        "models_dir": str(bare.scratch / "models"),
        "registry_file": str(bare.scratch / "registry.json"),
        "canary_policy_file": str(bare.scratch / "canary_policy.json"),
    } | ({"rules_file": str(plan.rules_file)} if plan.rules_file else {})
    place = replace(bare, values=bare.values | own)
    return replace(place, values=place.values | {"model": registered(place.settings)})
