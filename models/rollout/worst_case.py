"""How long a plan can take: to promotion if all goes well, and from a breach to the rollback."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from models.rollout.plan import Phase, Plan
from models.rules.rule import Rule

HORIZON_S = 60
"""Seconds after which an outcome is known; outcomes closer together overlap."""
_ENDING = frozenset({"rollback", "kill"})


class WorstCase(NamedTuple):
    """The longest times of a plan, event time in seconds, and the sums behind them."""

    promote_s: int
    roll_back_s: int
    promote_why: tuple[str, ...]  # one text a phase
    roll_back_why: tuple[str, ...]


def worst_case(plan: Plan, rules: Sequence[Rule] = (), *, horizon_s: int = HORIZON_S) -> WorstCase:
    """Return the longest times of a plan, and of the rules beside it that end a run.

    To promotion: every check succeeds, no data is missing, each approval comes before the next check, and
    one symbol brings one effective sample a horizon. With checks every ``c`` seconds, a run starts anywhere
    between two of them, so its first phase of dwell ``d`` is left by ``d + c - 1``; later ones are entered at
    a check, and are left at the first check that is not before ``d``; an approval takes one check more.

    To the rollback: a breach begins just behind a check, and then fails ``fails`` checks, each with a
    finding: ``fails * c``. Checks without a finding make it longer, by ``c`` each. A criterion's own window
    comes on top. Of a rule it is the time for which it must hold.
    """
    spans = [_span(phase, plan, at, horizon_s) for at, phase in enumerate(plan.phases)]
    back = plan.fails * plan.check_every_s
    told = f"criteria: {plan.fails} failed checks, one every {plan.check_every_s} s: {back} s"
    ending = [rule for rule in rules if _ENDING & {*rule.actions}]
    return WorstCase(
        promote_s=sum(seconds for seconds, _ in spans),
        roll_back_s=max([back, *(rule.for_s for rule in ending)]),
        promote_why=tuple(why for _, why in spans),
        roll_back_why=(told, *(f"rule {rule.name}: held for {rule.for_s} s" for rule in ending)),
    )


def _span(phase: Phase, plan: Plan, at: int, horizon_s: int) -> tuple[int, str]:
    every = plan.check_every_s
    needed = max(phase.dwell_s, phase.least_samples * horizon_s)
    least = max(needed, 1)  # a phase takes one check at least
    seconds = -(-least // every) * every if at else least + every - 1
    how = f"{needed} s needed, left at the first check from then on"
    if phase.approve:
        seconds, how = seconds + every, f"{how}, and approved by the next"
    return seconds, f"{phase.name}: {how}: {seconds} s"
