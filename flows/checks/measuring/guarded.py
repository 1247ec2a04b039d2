"""What the guard shows: what it measured of late, and the figures of its last check of the rollout."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks.measuring.where import Where
from models.rollout.plan import Checked, Criterion
from models.rules.evaluate import Sample
from models.spec import SECOND

PRESENT_NS = 60 * SECOND
"""A view that was written longer ago is that of a guard that is away."""


def measured(where: Where) -> Iterator[Sample]:
    """Yield what the guard measured of all together, as its view shows it; nothing of one that is away."""
    shown = where.guard
    if shown is None or where.ground.clock() - shown["written_at"] > PRESENT_NS:
        return
    for metric, scope_key, value, limit, n in shown["measured"]:
        yield Sample(metric, scope_key, value, limit, n)


def last_check(where: Where, criterion: Criterion) -> Checked | None:
    """Return what the guard's last check of a rollout found of a criterion, None where it has not."""
    for body in reversed(where.moves):
        for one in body["checks"]:
            if one["criterion"] == criterion.name:
                return Checked(**one)
    return None
