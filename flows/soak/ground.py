"""Where a soak is: a broker, a Redis, flows, API, and a feed of simulated ticks that outruns the clock."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from connectors.embedded import free_port
from connectors.embedded.child import Child
from connectors.embedded.tether import tethered
from connectors.kafka.control_sender import Sender
from connectors.kafka.topics import shards
from connectors.settings import Settings
from flows.chaos.arena import Arena, arena
from flows.chaos.worker import LEVIBOT
from flows.error_drill.heard import Heard
from flows.marathon_trial.processes import Flow
from flows.soak.plan import Plan
from models.guard.records import ALERTS, ROLLOUT
from models.judge.records import Shard
from models.paper.bodies import ACCOUNT
from models.slo.body import SLO

TOPICS = (SLO, ACCOUNT, ALERTS, ROLLOUT)
FLOWS = ("signals", "paper", "guard")
PATIENT_S = "600"
"""No shard is given up as silent or as behind because the machine is slow."""
BEFORE_NOW_S = 60
"""The market ends so long before the present: no tick may be of the future."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The running product; ``start`` is the market's beginning, s."""

    plan: Plan
    place: Arena
    shards: list[Shard]
    heard: Heard
    sender: Sender
    flows: tuple[Flow, ...]
    start: int

    @property
    def settings(self) -> Settings:
        """Return the settings of every process."""
        return self.place.settings

    def feed(self) -> Child:
        """Start the feed, which ends with the market."""
        plan = self.plan
        told = {
            "--symbols": ",".join(plan.symbols), "--rate": plan.rate, "--seed": plan.seed,
            "--speed": plan.speed, "--seconds": plan.seconds, "--start": self.start,
        }  # fmt: skip
        options = [str(word) for pair in told.items() for word in pair]
        command = tethered([LEVIBOT, "feed", "simulate", *options, "--json"])
        return Child("the feed", command, log=self.place.scratch / "feed.log", env=self.place.env())


@contextmanager
def ground(scratch: Path, plan: Plan, outer: Settings, *, embedded: bool) -> Iterator[Ground]:
    """Start everything but the feed, and leave nothing behind; models are those of ``outer``."""
    with ExitStack() as stack:
        bare = stack.enter_context(arena(scratch, embedded=embedded, instances=1, transactions=False))
        place = replace(bare, values=bare.values | _values(plan, outer, scratch))
        config, every = place.settings, shards(place.settings)
        heard = stack.enter_context(closing(Heard(config, TOPICS)))
        flows = tuple(stack.enter_context(closing(Flow(place, name, every))) for name in FLOWS)
        api = Child(
            "the API",
            tethered([sys.executable, "-m", "api"]),
            log=scratch / "api.log",
            env=place.env(),
        )
        stack.callback(api.stop)
        for flow in flows:
            flow.begin()
        start = int(time.time() - plan.seconds) - BEFORE_NOW_S
        yield Ground(plan, place, every, heard, Sender(config, "soak"), flows, start)


def _values(plan: Plan, outer: Settings, scratch: Path) -> dict[str, str]:
    return {
        "model": plan.model,
        "models_dir": str(outer.models_dir.resolve()),
        "registry_file": str(outer.registry_file.resolve()),
        "rules_file": str(outer.rules_file.resolve()),
        "flags_file": str(outer.flags_file.resolve()),
        "canary_policy_file": str(scratch / "canary_policy.json"),
        "api_port": str(free_port()),
        "recorded_ticks": "true",
        "paper_behind_after_s": PATIENT_S,
        "guard_silent_after_s": PATIENT_S,
        "compare_suppressed": "false",
    }
