"""How outcomes that overlap move together, if the scores are right.

The outcome of second t is an up where the sum of the steps of its horizon (t, t + h] passes the normal
quantile of its score. Sums d seconds apart share h - d of their h steps: their correlation is 1 - d/h. That
of the two outcomes follows from the bivariate normal: their covariance is the integral, for r from 0 to
1 - d/h, of its density at the two quantiles (Plackett 1954), here with r = sin(angle) (Drezner and Wesolowsky
1990). Between scores of one half the correlation is the well-known 2/pi asin(r); farther out it is less.

Limits: as of every model of independent steps. Regimes that outlast a horizon are not in it.
"""

from __future__ import annotations

from functools import cache
from math import pi
from statistics import NormalDist

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from models.monitor.calibration.cells import BUCKET_OF, BUCKETS, CELLS, CENTRES
from models.ticks import Floats, Ints

NO_CELL = CELLS
"""Stands for a second without an outcome."""

_WIDTH = CELLS + 1
_MOST_LEVELS = 240  # lags of a longer horizon share their correlations
_NODES = 8  # of the integral between two lags


def levels_of(horizon_s: int) -> int:
    """Return how many steps there are from a correlation of 0 to 1."""
    return min(horizon_s, _MOST_LEVELS)


@cache
def outcome_correlation(horizon_s: int) -> Floats:
    """Return the correlation of the outcomes of two cells' scores, shape (levels + 1, CELLS + 1, CELLS + 1).

    Level l stands for drivers with correlation 1 - l / levels; 0 wherever a side is ``NO_CELL``.
    """
    levels = levels_of(horizon_s)
    quantile = np.array([NormalDist().inv_cdf(p) for p in CENTRES.tolist()])
    deviation = np.sqrt(CENTRES * (1 - CENTRES))
    angle = np.arcsin(1 - np.arange(levels, -1, -1) / levels)
    found = np.zeros((levels + 1, _WIDTH, _WIDTH))
    covariance = np.cumsum(_between(angle, quantile), axis=0)[::-1]
    found[:-1, :CELLS, :CELLS] = covariance / np.outer(deviation, deviation)
    return found


def _between(angle: Floats, quantile: Floats) -> Floats:
    """Return the integral of the density between neighbouring angles, shape (angles - 1, n, n)."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    half, middle = np.diff(angle) / 2, (angle[1:] + angle[:-1]) / 2
    at = (middle[:, None] + half[:, None] * nodes)[:, :, None, None]
    square = np.add.outer(quantile**2, quantile**2)
    cross = 2 * np.multiply.outer(quantile, quantile)
    density = np.exp((cross * np.sin(at) - square) / (2 * np.cos(at) ** 2)) / (2 * pi)
    return np.asarray((density * weights[:, None, None]).sum(axis=1) * half[:, None, None])


def sum_variances(cell: Ints, deviation: Floats, horizon_s: int) -> tuple[Floats, Floats]:
    """Return what one symbol's last seconds add to the variance of sums of outcomes.

    ``cell`` and ``deviation`` (sqrt(p (1 - p)), 0 where there is no outcome) have shape (horizon + n,). A
    pair counts where its later second is among the last n. The first array is by cell (CELLS,), the variance
    of the cell's own sum; the second by fixed buckets (BUCKETS, BUCKETS), symmetric.
    """
    alone = np.bincount(cell[horizon_s:], deviation[horizon_s:] ** 2, _WIDTH)[:CELLS]
    pairs = _pairs(cell, deviation, horizon_s)
    both_ways = pairs + pairs.T + np.diag(alone)
    key = np.add.outer(BUCKET_OF * BUCKETS, BUCKET_OF)
    blocks = np.bincount(key.ravel(), both_ways.ravel(), BUCKETS**2).reshape(BUCKETS, BUCKETS)
    return np.diag(both_ways).copy(), np.asarray(blocks, dtype=np.float64)


def _pairs(cell: Ints, deviation: Floats, horizon_s: int) -> Floats:
    """Return the covariance of pairs less than a horizon apart, by (earlier cell, later cell)."""
    if horizon_s < 2:
        return np.zeros((CELLS, CELLS))
    now = horizon_s + np.flatnonzero(cell[horizon_s:] != NO_CELL)
    before = now - horizon_s + 1  # the first second that overlaps
    past, spread = (sliding_window_view(column, horizon_s - 1)[before] for column in (cell, deviation))
    lag = np.arange(horizon_s - 1, 0, -1)
    level = (lag * levels_of(horizon_s) + horizon_s // 2) // horizon_s
    place = past * _WIDTH + cell[now, None]
    correlation = outcome_correlation(horizon_s).ravel()[level * _WIDTH**2 + place]
    covariance = correlation * spread * deviation[now, None]
    found = np.bincount(place.ravel(), covariance.ravel(), _WIDTH**2).reshape(_WIDTH, _WIDTH)
    return np.asarray(found[:CELLS, :CELLS], dtype=np.float64)
