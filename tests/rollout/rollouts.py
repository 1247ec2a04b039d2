"""Small plans, and the words in which the tests of a rollout speak."""

from __future__ import annotations

from itertools import product
from typing import Any

from models.rollout.events import Check
from models.rollout.plan import Checked, Criterion, Outcome, Phase, Plan
from models.rollout.transition import Transition

EVERY = 2
"""Seconds between two checks of the small plans."""
MODEL, OTHER = "lgbm@1", "lgbm@2"


def criterion(name: str, *, critical: bool = True) -> Criterion:
    """Return a criterion of which only the name matters."""
    return Criterion(name, f"metric.{name}", "all", "<=", 1.0, critical)


ECE, DRIFT, NOTE = criterion("ece"), criterion("drift"), criterion("note", critical=False)

SMALL = Plan(
    profile="small",
    phases=(
        Phase("preview", "preview", dwell_s=2, criteria=(ECE,)),
        Phase("canary", 0.1, canary=("BTCUSDT",), dwell_s=4, criteria=(ECE,)),
        Phase("10 %", 0.1, dwell_s=2, least_samples=5, criteria=(ECE,), approve=True),
    ),
    check_every_s=EVERY, fails=2, inconclusives=2, of="challenger", watch_s=2,
)  # fmt: skip
"""Every kind of phase, and one criterion."""

SHORT = SMALL._replace(phases=SMALL.phases[1:])
TINY = SMALL._replace(phases=(SMALL.phases[-1]._replace(dwell_s=4),))
TWO = Plan("two", (Phase("100 %", 1.0, dwell_s=2, criteria=(ECE, DRIFT)),), EVERY, fails=2, inconclusives=2)
"""Two critical criteria."""

NOTED = Plan(
    "noted", (Phase("50 %", 0.5, criteria=(ECE, NOTE)), Phase("100 %", 1.0, dwell_s=4, criteria=(ECE, NOTE))),
    EVERY, fails=2, inconclusives=2,
)  # fmt: skip
"""A critical criterion, and one that only tells."""


ONE: list[dict[str, Any]] = [
    *({"ece": outcome} for outcome in ("success", "fail", "inconclusive")),
    {"ece": "success", "samples": 0},
    {},  # no data of it at all
]
"""The outcomes of checks of one criterion."""


def both(first: str, second: str) -> list[dict[str, Any]]:
    """Return every pair of outcomes of two criteria."""
    return [dict(zip((first, second), pair, strict=True)) for pair in product(_OUTCOMES, repeat=2)]


_OUTCOMES = ("success", "fail", "error")


def check(second: int, samples: int = 5, **outcomes: Outcome) -> Check:
    """Return a check: ``check(2, ece="fail")``."""
    results = (Checked(name, outcome, 0.5, 40, "measured") for name, outcome in outcomes.items())
    return Check(second, tuple(results), samples)


def kinds(told: list[Transition]) -> list[str]:
    """Return what was told, in order."""
    return [one.event for one in told]
