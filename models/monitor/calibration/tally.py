"""The sufficient statistics of any stretch of time: one row of whole numbers a symbol, added to be merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from models.market.block import DOWN, UP
from models.monitor.bucket import Answered
from models.monitor.calibration.cells import BUCKETS, CELLS, cell_of
from models.monitor.calibration.overlap import NO_CELL, sum_variances
from models.monitor.calibration.units import VARIANCE_ONE, fixed
from models.ticks import Bools, Floats, Ints

LEAST_VARIANCE = 1e-4
"""An outcome's variance counts as at least this: no score is so sure that its outcome cannot surprise."""

LEAST_LOG = 1e-15
"""Scores are kept this far from 0 and 1 before their logarithm is taken."""

SIDES = np.triu_indices(BUCKETS)
"""Places of the half of a symmetric matrix that is kept."""

PARTS = 3

_SIZES = (CELLS,) * 5 + (len(SIDES[0]),) + (1,) * 6 + (PARTS,)
_STOPS = tuple(int(stop) for stop in np.cumsum(_SIZES))
_SLICES = tuple(slice(stop - size, stop) for stop, size in zip(_STOPS, _SIZES, strict=True))
WIDTH = _STOPS[-1]


@dataclass(frozen=True, slots=True)
class Tally:
    """A row of ``tallies`` by name: views, in the units of the row."""

    row: Ints  # (WIDTH,)

    @property
    def said(self) -> Ints:
        """Return the rows with a score by cell, whatever became of them."""
        return self.row[_SLICES[0]]

    @property
    def n(self) -> Ints:
        """Return those that went up or down, by cell."""
        return self.row[_SLICES[1]]

    @property
    def up(self) -> Ints:
        """Return those that went up, by cell."""
        return self.row[_SLICES[2]]

    @property
    def prob(self) -> Ints:
        """Return the sum of the scores that went up or down by cell, in units of 1 / ONE."""
        return self.row[_SLICES[3]]

    @property
    def own(self) -> Ints:
        """Return the variance of the sum of each cell's outcomes, in units of 1 / VARIANCE_ONE."""
        return self.row[_SLICES[4]]

    @property
    def covariance(self) -> Floats:
        """Return the covariance of the sums of outcomes of the fixed buckets, (BUCKETS, BUCKETS)."""
        half = np.zeros((BUCKETS, BUCKETS))
        half[SIDES] = self.row[_SLICES[5]] / VARIANCE_ONE
        return half + half.T - np.diag(np.diag(half))

    @property
    def totals(self) -> Totals:
        """Return what is not kept by cell."""
        return Totals(*(int(self.row[place][0]) for place in _SLICES[6:12]))

    @property
    def parts(self) -> Ints:
        """Return the sums of the RSI, MACD and trend parts over ``totals.rows``, in units of 1 / ONE."""
        return self.row[_SLICES[12]]


class Totals(NamedTuple):
    """Sums over all rows that went up or down; ``realised`` over all with a return, in units of 1 / ONE."""

    square: int  # (p - outcome)^2
    log_loss: int
    hits: int
    realised: int  # sign(p - 0.5) * log return
    buckets: int  # stretches of BUCKET_S with a score
    rows: int  # feature rows, of the parts


def tallies(answered: Answered, realised: Floats, horizon_s: int, rows: Ints, parts: Ints) -> Ints:
    """Return one bucket's statistics of k symbols, shape (k, WIDTH).

    ``realised`` (k, BUCKET_S), ``rows`` (k,) and ``parts`` (k, 3) are those of the ``Bucket``.
    """
    prob, outcome = answered.prob, answered.outcome
    known = np.isfinite(prob) & ((outcome == UP) | (outcome == DOWN))
    said = np.isfinite(prob[:, horizon_s:])
    score = np.where(np.isfinite(prob), prob, 0.0)
    cell = cell_of(score)
    own = slice(horizon_s, None)
    up = known & (outcome == UP)
    found = np.zeros((len(prob), WIDTH), dtype=np.int64)
    counted = [(said, None), (known[:, own], None), (up[:, own], None), (known[:, own], fixed(score[:, own]))]
    for place, (mask, weight) in zip(_SLICES, counted, strict=False):
        found[:, place] = _by_cell(cell[:, own], mask, weight)
    found[:, _SLICES[4]], found[:, _SLICES[5]] = _variances(score, np.where(known, cell, NO_CELL), horizon_s)
    totals = _totals(score[:, own], known[:, own], up[:, own])
    earned = np.where(said & np.isfinite(realised), np.sign(score[:, own] - 0.5) * realised, 0.0)
    scalars = [*totals, fixed(earned).sum(axis=1), said.any(axis=1), rows]
    for place, column in zip(_SLICES[6:12], scalars, strict=True):
        found[:, place] = column[:, None]
    found[:, _SLICES[12]] = parts
    return found


def _by_cell(cell: Ints, mask: Bools, weight: Ints | None) -> Ints:
    # sums of a bucket stay far below 2**53, so they are exact as floats too
    key = (np.arange(len(cell))[:, None] * CELLS + cell)[mask]
    weights = None if weight is None else weight[mask].astype(np.float64)
    return np.bincount(key, weights, len(cell) * CELLS).astype(np.int64).reshape(-1, CELLS)


def _totals(score: Floats, known: Bools, up: Bools) -> list[Ints]:
    square = np.where(known, (score - up) ** 2, 0.0)
    kept = np.clip(score, LEAST_LOG, 1.0 - LEAST_LOG)
    loss = np.where(known, -np.log(np.where(up, kept, 1.0 - kept)), 0.0)
    hits = known & ((score >= 0.5) == up)
    return [fixed(square).sum(axis=1), fixed(loss).sum(axis=1), hits.sum(axis=1)]


def _variances(score: Floats, cell: Ints, horizon_s: int) -> tuple[Ints, Ints]:
    deviation = np.where(cell == NO_CELL, 0.0, np.sqrt(np.maximum(score * (1.0 - score), LEAST_VARIANCE)))
    own, blocks = np.zeros((len(cell), CELLS)), np.zeros((len(cell), len(SIDES[0])))
    for i in range(len(cell)):
        own[i], block = sum_variances(cell[i], deviation[i], horizon_s)
        blocks[i] = block[SIDES]
    return fixed(own, VARIANCE_ONE), fixed(blocks, VARIANCE_ONE)
