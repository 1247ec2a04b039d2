"""Criteria against what the metrics are now: of models, what is known of the one that is rolled out."""

from __future__ import annotations

from collections.abc import Sequence

from models.guard.board import Board
from models.rollout.plan import Checked, Criterion
from models.rules.evaluate import Sample
from models.verdict.checking import Check, checked

_WORST = ("fail", "error", "no-data", "inconclusive", "success")
"""What one symbol or shard shows counts for all, the worst first."""


def check_of(board: Board, model: str, second: int) -> Check:
    """Return what finds, for criteria, what holds of each; ``model`` is a name without a digest."""

    def check(criteria: Sequence[Criterion]) -> list[Checked]:
        return [_worst(one, _about(_of(board, one, second), model)) for one in criteria]

    return check


def _of(board: Board, criterion: Criterion, second: int) -> list[Sample]:
    """Return what a criterion looks at; where nothing is measured of a whole model, each of its symbols."""
    found = board.of(criterion.metric, criterion.scope, second)
    if found or criterion.scope != "model":
        return found
    return board.of(criterion.metric, "model_symbol", second)


def _about(samples: list[Sample], model: str) -> list[Sample]:
    """Return the samples of other things than models, and of models those of one."""
    return [
        sample
        for sample in samples
        if not sample.scope_key.startswith("model")
        or sample.scope_key.partition(":")[2].partition("/")[0] == model
    ]


def _worst(criterion: Criterion, samples: list[Sample]) -> Checked:
    found = [checked(criterion, sample) for sample in samples] or [checked(criterion, None)]
    return min(found, key=lambda one: _WORST.index(one.outcome))
