"""What a run measures at each of its checks, worked out for all of them at once."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri, stdtrit

from models.monitor.calibration.floor import RARITY
from models.monitor.calibration.scatter import scatter_of
from models.rollout.plan import Criterion
from models.rules.evaluate import Sample
from models.shadow.blocks import Blocks
from models.shadow.sequential import wealth_of
from models.shadow.sums import BLOCK_S
from models.ticks import Floats

DAY = 86_400 // BLOCK_S
"""Blocks over which a calibration error is measured."""
LEAST_BLOCKS = 12
"""Blocks before anything is said of it."""


class Measures:
    """Samples of a run's metrics by the number of blocks that have ended.

    All that is not about the two models' predictions is taken to be in order, so that a rollback is the
    challenger's doing, or chance.
    """

    def __init__(self, blocks: Blocks) -> None:
        best = np.maximum.accumulate(np.append(0.0, wealth_of(blocks)))
        self._p = np.exp(-best).tolist()
        self.effective = np.append(0, np.cumsum(blocks.horizons_each)).tolist()
        self._ece, self._chance = (each.tolist() for each in _calibration(blocks))

    def sample(self, criterion: Criterion, ended: int) -> Sample:
        """Return what the metric of a criterion is once so many blocks have ended."""
        n = self.effective[ended]
        if criterion.metric == "shadow.worse_p":
            return Sample(criterion.metric, "all", self._p[ended] if n else None, n=n)
        if criterion.metric == "calibration.ece":
            known = ended >= LEAST_BLOCKS
            ece, chance = (self._ece[ended - 1], self._chance[ended - 1]) if known else (None, None)
            return Sample(criterion.metric, "model", ece, chance, n)
        return in_order(criterion)


def in_order(criterion: Criterion) -> Sample:
    """Return a sample that is well within what a criterion asks for."""
    way = -1.0 if criterion.op.startswith("<") else 1.0
    return Sample(criterion.metric, "all", criterion.value + way, n=criterion.least_n)


def _calibration(blocks: Blocks) -> tuple[Floats, Floats]:
    """Return behind each block the challenger's calibration error of the last day, and what chance explains.

    The error is that of all symbols together. Bins err about normally by chance, with the covariance that
    blocks show; as that is known from a few blocks at first, the rarity is that of Student's t.
    """
    n = _last_day(blocks.bins("challenger", "n").sum(axis=1))
    error = blocks.bins("challenger", "prob") - blocks.bins("challenger", "up")
    summed, count = _last_day(error), np.maximum(_last_day(np.ones(len(blocks))), 2.0)
    square = _last_day(error[:, :, None] * error[:, None, :])
    mean = summed[:, :, None] * summed[:, None, :] / count[:, None, None]
    chance = scatter_of((square - mean) * (count / (count - 1))[:, None, None]).quantile(1 - RARITY)
    student = stdtrit(count - 1, 1 - RARITY) / ndtri(1 - RARITY)
    counted = np.maximum(n, 1.0)
    return np.abs(summed).sum(axis=1) / counted, chance * student / counted


def _last_day(each: Floats) -> Floats:
    total = np.cumsum(each, axis=0)
    total[DAY:] = total[DAY:] - total[:-DAY].copy()
    return np.asarray(total)
