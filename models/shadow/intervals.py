"""Figures of blocks with 95 % intervals that are honest for outcomes which overlap.

Rows of neighbouring seconds share most of their outcome, symbols move together, and what a model gets wrong
it gets wrong for a while. So whole blocks are the unit: they are pooled into at most ``BATCHES`` batches of
equal length, and what is resampled or scattered is the batch (batch means; Law and Kelton, Simulation
Modeling and Analysis, chapter 9). Batches of an hour or so are about independent; the third of a horizon by
which two batches still overlap is added to the variance. How often such an interval holds the truth is
measured in the tests.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from models.shadow.blocks import Blocks
from models.shadow.sums import ARMS, BLOCK_S
from models.ticks import Floats

BATCHES = 48
LEAST_BATCHES = 6
DRAWS = 1_000
_TAIL = 0.975


class Figure(NamedTuple):
    """A figure; ``low`` and ``high`` are None where there are too few blocks to tell."""

    value: float
    low: float | None = None
    high: float | None = None


def batched(columns: Floats) -> Floats:
    """Return sums (batches, ...) of blocks (m, ...) in time order; the blocks left over join the last."""
    count = min(BATCHES, len(columns))
    size = len(columns) // max(count, 1)
    starts = np.arange(count) * size
    return np.add.reduceat(columns, starts) if count else columns


def mean_figure(total: Floats, n: Floats, horizon_s: int = 60) -> Figure | None:
    """Return a sum by block over a count by block, both (m,), as a mean; None where nothing was counted."""
    if not n.sum():
        return None
    value = float(total.sum() / n.sum())
    sums, counts = batched(total), batched(n)
    m = int((counts > 0).sum())
    if m < LEAST_BATCHES:
        return Figure(value)
    off = sums - value * counts
    spread = sqrt(float((off**2).sum()) * m / (m - 1)) / float(n.sum()) * _overlap(len(total) / m, horizon_s)
    reach = float(stdtrit(m - 1, _TAIL)) * spread
    return Figure(value, value - reach, value + reach)


def _overlap(blocks: float, horizon_s: int) -> float:
    """Return what deviations grow by because batches of so many blocks overlap by a horizon."""
    return 1.0 / sqrt(1.0 - horizon_s / (3 * BLOCK_S * blocks))


def ece(blocks: Blocks, arm: str) -> float | None:
    """Return the calibration error of an arm over ten equal bins, None where nothing matured."""
    n = float(blocks.bins(arm, "n").sum())
    if not n:
        return None
    return float(np.abs((blocks.bins(arm, "prob") - blocks.bins(arm, "up")).sum(axis=0)).sum() / n)


def ece_difference(blocks: Blocks, seed: int = 0, draws: int = DRAWS) -> Figure | None:
    """Return the challenger's calibration error less the active's, by a seeded bootstrap of batches.

    A calibration error only sees sizes, so that noise raises both, and a resampled one still more; in the
    difference most of that cancels. The interval is the spread of the resampled differences around their
    own mean, put around the value.
    """
    both = [ece(blocks, arm) for arm in ARMS]
    if both[0] is None or both[1] is None:
        return None
    value = both[1] - both[0]
    errors = [batched(blocks.bins(arm, "prob") - blocks.bins(arm, "up")) for arm in ARMS]
    counts = batched(blocks.counted("n").astype(np.float64))
    m = int((counts > 0).sum())
    if m < LEAST_BATCHES:
        return Figure(value)
    often = np.random.default_rng(seed).multinomial(m, np.full(len(counts), 1 / len(counts)), draws)
    drawn = [np.abs(often @ error).sum(axis=1) / np.maximum(often @ counts, 1.0) for error in errors]
    spread = (
        float((drawn[1] - drawn[0]).std(ddof=1))
        * sqrt(m / (m - 1))
        * _overlap(len(blocks) / m, blocks.horizon_s)
    )
    reach = float(stdtrit(m - 1, _TAIL)) * spread
    return Figure(value, value - reach, value + reach)
