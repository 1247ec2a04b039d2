"""What is left of a calibration error when the scores are right, and how sure an error is that was seen.

The sums of outcomes in bins are about normal around the sums of scores, with the covariance of ``overlap``.
An ECE is the sum of the sizes of those errors, whose distribution is that of ``scatter``.

The interval is for the ECE that endless time would show at these scores. Whatever that is, e: the ECE seen is
at most e and what the scatter alone would show, and at least e and the scatter taken with the true signs,
which is most where all bins err to one side. Each end so leaves out 2.5 % at most, and the interval is wider
than need be, never narrower. The scatter is that of ``overlap``, in each bin widened to what the outcomes
seen allow: the variance of its share of ups, with two ups and two downs added to its independent outcomes
(Agresti and Coull 1998). It assumes sums that are about normal: with few independent outcomes it is rough.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from models.monitor.calibration.scatter import scatter_of
from models.monitor.calibration.units import ONE
from models.ticks import Floats, Ints

RARITY = 1e-4
"""How often a calibrated model's ECE is above the limit, at any one look."""

_TAIL = 0.025
_TWO_SIDED = 1.959963984540054


class Binned(NamedTuple):
    """Rows that went up or down, by bin."""

    n: Ints
    up: Ints
    prob: Ints  # sums of scores, in units of 1 / ONE
    variance: Floats  # sums of p (1 - p): how far independent outcomes would scatter
    covariance: Floats  # (bins, bins) of the sums of outcomes that overlap


class Error(NamedTuple):
    """An ECE with its floor (a calibrated model's median), limit and 95 % interval."""

    value: float
    floor: float
    limit: float
    low: float
    high: float


def errors_of(many: Sequence[Binned], rarity: float = RARITY) -> list[Error]:
    """Return the ECE over bins that hold at least one row, and what to think of it, of each of many.

    They are worked out together: one by one, a shard of fifty symbols would stand still at a bucket's end.
    """
    if not many:
        return []
    n = np.array([bins.n.sum() for bins in many])
    value = np.array([int(np.abs(bins.prob - bins.up * ONE).sum()) / ONE for bins in many]) / n
    seen = np.stack([_seen(bins) for bins in many])
    right, wider = scatter_of(np.stack([bins.covariance for bins in many])), scatter_of(seen)
    above = np.sqrt(seen.sum(axis=(-2, -1))) * _TWO_SIDED / n
    columns = (
        value,
        np.minimum(1.0, right.quantile(0.5) / n),
        np.minimum(1.0, right.quantile(1.0 - rarity) / n),
        np.maximum(0.0, value - wider.quantile(1.0 - _TAIL) / n),
        np.minimum(1.0, value + above),
    )
    return [Error(*figures) for figures in zip(*(column.tolist() for column in columns), strict=True)]


def _seen(bins: Binned) -> Floats:
    """Return the covariance, widened where the outcomes scatter more than the scores promise."""
    full = bins.n > 0
    own = np.diag(bins.covariance)
    repeats = np.divide(own, bins.variance, out=np.ones(len(own)), where=bins.variance > 0)
    independent = bins.n / np.maximum(repeats, 1.0)
    share = (bins.up / np.maximum(repeats, 1.0) + 2.0) / (independent + 4.0)
    wanted = np.divide(
        share * (1.0 - share) * bins.n, bins.variance, out=np.ones(len(own)), where=bins.variance > 0
    )
    wider = np.sqrt(np.maximum(np.where(full, wanted, 1.0), 1.0))
    return np.asarray(bins.covariance * np.outer(wider, wider))
