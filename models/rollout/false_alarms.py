"""How probably a good model is rolled back by chance: exactly, for consecutive and for cumulative limits.

Why fails are counted in a row: over 48 hours of five-minute checks (576) with a false-fail rate of 1 % each,
five fails come together in 68 % of the runs, five in a row in 6 of 100 million. A limit on all fails of a run
also gets worse with every hour of watching, so that the model watched longest is the likeliest to go.

Checks whose windows overlap fail together, though: where every second fail is followed by another one, five
in a row come in 16 % of the same runs. A criterion whose window spans several checks needs a longer row.
"""

from __future__ import annotations

import math

from models.rollout.plan import Plan


def cumulative(rate: float, checks: int, limit: int) -> float:
    """Return the probability of ``limit`` or more fails in all; each check fails alone with ``rate``."""
    fewer = (
        math.comb(checks, k) * rate**k * (1 - rate) ** (checks - k) for k in range(min(limit, checks + 1))
    )
    return max(0.0, 1.0 - math.fsum(fewer))


def consecutive(rate: float, checks: int, fails: int, again: float | None = None) -> float:
    """Return the probability of ``fails`` fails in a row somewhere in ``checks`` checks.

    A Markov chain whose state is the fails in a row, the last one absorbing. ``again``: probability of a fail
    right behind a fail, above ``rate`` where the windows of two checks overlap; None: checks are independent.
    ``rate`` stays the share of failed checks. ``ValueError`` where no such chain exists.
    """
    after_fail = rate if again is None else again
    after_success = rate if rate == 1.0 else rate * (1.0 - after_fail) / (1.0 - rate)
    if not (0.0 <= rate <= 1.0 and 0.0 <= after_fail <= 1.0 and after_success <= 1.0 and fails > 0):
        raise ValueError("rates must be probabilities that fit one another, 'fails' 1 or more")
    row = [1.0 - rate, rate, *[0.0] * (fails - 1)] if checks else [1.0, *[0.0] * fails]
    for _ in range(checks - 1):
        row = _next(row, after_success, after_fail)
    return row[fails]


def by_chance(plan: Plan, rate: float, again: float | None = None) -> float:
    """Return the probability that a good model is rolled back while a plan's dwell times and watch last.

    Every critical criterion fails with ``rate`` on its own, and independently of the others. Rows of fails
    begin anew with each phase.
    """
    stays = 1.0
    for phase in plan.phases:
        checks = -(-phase.dwell_s // plan.check_every_s)
        stays *= (1.0 - consecutive(rate, checks, plan.fails, again)) ** len(phase.critical)
    watched = consecutive(rate, plan.watch_s // plan.check_every_s, plan.fails, again)
    return 1.0 - stays * (1.0 - watched) ** len(plan.phases[-1].critical)


def _next(row: list[float], after_success: float, after_fail: float) -> list[float]:
    fails = len(row) - 1
    new = [0.0] * len(row)
    new[fails] = row[fails]
    for in_row, chance in enumerate(row[:fails]):
        fail = after_fail if in_row else after_success
        new[0] += chance * (1.0 - fail)
        new[in_row + 1] += chance * fail
    return new
