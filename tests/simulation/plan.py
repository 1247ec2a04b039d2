"""What a run is made of: a few numbers, drawn from its seed or given by a test."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from models.desk.desk import Desk
from models.spec import SECOND, Spec, Staleness

MODELS = ("stub-sine", "constant-0.9", "river-logistic", "ensemble")
JOURNAL, OUTPUTS, SNAPSHOT, START = "journal", "outputs", "snapshot", "start"
TELLING = 8
_AGES = Staleness(warn_s=2.0, fallback_s=5.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The size and temper of a run; everything else follows from ``seed``."""

    seed: int
    shards: int = 1
    ticks: int = 40  # records a shard
    commands: int = 4
    crashes: int = 4  # the most there are, deaths by the processes' own decision apart
    calm: int = 60  # points between two events, on the average
    fetch: int = 8  # the most records a read of ticks returns
    epoch: int = 12  # turns of the engine between two snapshots, on the average
    silence: int = 8  # turns with nothing left to read before a run ends; from TELLING on, until beats came
    pauses: float = 0.1  # how often a process that has nothing to do is left alone
    wipes: bool = True  # whether snapshots may be deleted between two lives
    stalls: int = 2  # how often the broker hangs, at most
    latest: bool = False  # whether the first process skips the ticks that are there
    short_lives: bool = True  # whether symbols expire within seconds
    hours: bool = False  # whether the feed is silent for minutes at a time, so that the monitors wake
    challenger: bool = False
    transactions: bool = False  # whether outputs are published in transactions
    freezes: int = 0  # how often a process is suspended, replaced and woken, at most; needs transactions
    whole: bool = True  # whether the stages are the product's, or a small one that tells all it has seen
    losses: float = 0.0  # how often a bundle cannot be loaded, also one that was before
    answers: float = 0.2  # how often a load has come to an end when it is looked at
    slow: str = ""  # what takes long to reach the broker: JOURNAL or OUTPUTS
    aim: str = ""  # the kind of point at which most things happen: JOURNAL, SNAPSHOT or START

    @property
    def spec(self) -> Spec:
        """Return the configuration of the stages."""
        return Spec(
            symbol_ttl_s=4 if self.short_lives and not self.hours else 3_600,
            disorder=0 if self.short_lives else SECOND,
            horizon_s=7,
            staleness=_AGES,
            models=MODELS,
        )

    @property
    def desk(self) -> Desk:
        """Return the desk that the shards begin with: its model would always buy, a challenger learns."""
        rival = {"challenger": "river-logistic", "share": 1.0} if self.challenger else {}
        return Desk(model="constant-0.9", **rival)


def plan_of(seed: int, **given: Any) -> Plan:
    """Return the plan that a seed stands for, but for what is given."""
    rng = Random(f"plan {seed}")
    drawn: dict[str, Any] = {
        "shards": rng.choice((1, 1, 1, 2)),
        "ticks": rng.choice((8, 12, 20, 30, 60)),
        "commands": rng.choice((0, 1, 3, 5, 9)),
        "crashes": rng.choice((1, 2, 3, 5)),
        "calm": rng.choice((6, 15, 40, 100, 300)),
        "fetch": rng.choice((1, 3, 8, 40)),
        "epoch": rng.choice((1, 2, 5, 12, 40)),
        "silence": rng.choice((0, 0, 3, TELLING)),
        "pauses": rng.choice((0.1, 0.1, 0.75)),
        "wipes": rng.random() < 0.3,
        "stalls": rng.choice((0, 0, 1, 3)),
        "latest": rng.random() < 0.1,
        "short_lives": rng.random() < 0.5,
        "challenger": rng.random() < 0.2,
        "slow": rng.choice(("", "", JOURNAL, OUTPUTS)),
        "transactions": rng.random() < 0.3,
        "freezes": rng.choice((0, 1, 3)),
        "whole": rng.random() < 0.2,
        "losses": rng.choice((0.0, 0.0, 0.3)),
        "aim": rng.choice(("", "", JOURNAL, JOURNAL, SNAPSHOT, START)),
    }
    drawn["hours"] = drawn["whole"] and Random(f"hours {seed}").random() < 0.4
    temper = rng.random()
    if temper < 0.2:
        drawn |= HALTING_FEED if temper < 0.1 else SHORT_EPOCHS
    drawn |= given
    return Plan(seed=seed, **drawn | {"freezes": drawn["freezes"] * drawn["transactions"]})


HALTING_FEED: dict[str, Any] = {
    "ticks": 60, "commands": 0, "crashes": 12, "calm": 100, "epoch": 5, "silence": 0, "pauses": 0.8,
    "stalls": 0, "wipes": False, "latest": False, "slow": JOURNAL, "whole": False, "aim": JOURNAL,
}  # fmt: skip
"""A feed that stops and goes on, so that beats are in flight when processes die: what fences are for."""

SHORT_EPOCHS: dict[str, Any] = {
    "crashes": 7, "epoch": 2, "fetch": 1, "stalls": 0, "wipes": False, "whole": False, "aim": SNAPSHOT,
}  # fmt: skip
"""Epochs without input for some step, and crashes around their ends: what the purge is for."""
