"""From cells to bins: the ten fixed buckets, and ten bins of equal mass."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.monitor.calibration.cells import BUCKET_OF, BUCKETS, CELLS
from models.monitor.calibration.floor import Binned
from models.monitor.calibration.tally import LEAST_VARIANCE, Tally
from models.monitor.calibration.units import ONE, VARIANCE_ONE
from models.ticks import Floats, Ints

BINS = 10


def by_bucket(tally: Tally) -> Binned:
    """Return the rows by fixed bucket."""
    return _binned(tally, BUCKET_OF, BUCKETS, tally.covariance)


def by_mass(tally: Tally) -> Binned:
    """Return the rows by ten bins of equal count, as far as whole cells allow; at least one row is needed.

    A cell is in the bin of its middle rank. What is known of the scatter is each cell's own variance and the
    covariance of whole buckets; what lies between two cells is the share of their buckets' covariance that
    their counts have.
    """
    place = mass_bin_of(tally.n)
    key = np.add.outer(place * BINS, place).ravel()
    covariance = _floats(np.bincount(key, _between_cells(tally).ravel(), BINS**2))
    return _binned(tally, place, BINS, covariance.reshape(BINS, BINS))


def mass_bin_of(n: Ints) -> Ints:
    """Return the bin of equal mass of each cell by the cells' counts, as equal scores share one."""
    middle = np.cumsum(n) - n / 2
    return np.minimum((middle * (BINS / int(n.sum()))).astype(np.int64), BINS - 1)


def _binned(tally: Tally, place: Ints, bins: int, covariance: Floats) -> Binned:
    n, up, prob = (_sums(column, place, bins) for column in (tally.n, tally.up, tally.prob))
    return Binned(n, up, prob, _floats(np.bincount(place, variance_of(tally), bins)), covariance)


def variance_of(tally: Tally) -> Floats:
    """Return the sum of p (1 - p) by cell, from its mean score; scores of one cell hardly differ."""
    mean = tally.prob / ONE / np.maximum(tally.n, 1)
    return _floats(tally.n * np.maximum(mean * (1.0 - mean), LEAST_VARIANCE))


def _sums(column: Ints, place: Ints, bins: int) -> Ints:
    total = np.zeros(bins, dtype=np.int64)
    np.add.at(total, place, column)
    return total


def _between_cells(tally: Tally) -> Floats:
    """Return the covariance of the sums of outcomes of cells, (CELLS, CELLS)."""
    own, n = tally.own / VARIANCE_ONE, tally.n.astype(np.float64)
    rest = tally.covariance - np.diag(np.bincount(BUCKET_OF, own, BUCKETS))
    weight = np.outer(n, n)
    weight[np.diag_indices(CELLS)] = 0.0
    key = np.add.outer(BUCKET_OF * BUCKETS, BUCKET_OF)
    total = np.bincount(key.ravel(), weight.ravel(), BUCKETS**2)
    each = np.divide(rest.ravel(), total, out=np.zeros(BUCKETS**2), where=total > 0)
    return _floats(weight * each[key] + np.diag(own))


def _floats(values: npt.ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)
