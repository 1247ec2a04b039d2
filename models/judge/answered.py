"""What was said of an emission's rows, as columns: for who counts and times without a look at bodies."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.desk.desk import Desk
from models.desk.gate import Codes, Decisions
from models.judge.arms import may_decide
from models.judge.panel import Scores
from models.market.block import Block
from models.scoring.scorer import FALLBACK
from models.ticks import Bools, Floats, Ints


class Answered(NamedTuple):
    """One entry a row, in row order."""

    second: Ints  # the closed second; the window ends one second later
    offset: Ints  # next tick offset after the record that released the row
    prob: Floats
    signal: Codes  # SELL, HOLD or BUY
    reason: Codes  # index into REASONS
    advisory: Bools
    fallback: Bools  # stub-sine's answer
    own: Bools  # of a model that was selected, not of one that only stands in
    guarded: Bools  # a feature, score or price is no finite number
    failed: Bools  # a model that decides gave no number of a usable row, or its breaker is open
    ends_five: Bools  # has an ``ml.score`` item


def columns_of(block: Block, scores: Scores, gate: Decisions, desk: Desk) -> Answered:
    """Return the columns of a block's rows; they share their memory with what they are taken from."""
    return Answered(
        second=block.second,
        offset=block.offset,
        prob=scores.prob,
        signal=gate.signal,
        reason=gate.reason,
        advisory=gate.advisory,
        fallback=scores.fallback,
        own=np.ones_like(scores.fallback) if desk.model == FALLBACK else ~scores.fallback,
        guarded=scores.guarded,
        failed=_failed(scores, desk),
        ends_five=block.ends_five,
    )


def _failed(scores: Scores, desk: Desk) -> Bools:
    """A challenger that decides a share is held to all rows: it is asked of each."""
    failed = (scores.guarded & scores.usable) | scores.blocked
    if scores.challenger is not None and may_decide(desk) and desk.challenger not in scores.absent:
        failed |= scores.usable & ~np.isfinite(scores.challenger)
    return failed
