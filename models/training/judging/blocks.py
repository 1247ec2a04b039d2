"""Resampling in time: whole blocks of seconds, with every row of every symbol in them.

Outcomes of neighbouring seconds share most of their horizon, and symbols move together, so rows are not
independent: shuffling them one by one makes intervals far too narrow. A circular moving block bootstrap
(Politis and Romano 1992) keeps both dependences inside its blocks. Statistics travel as sums: those of
each possible block come from one running sum, so a resample costs one look-up a block, not a pass over
the rows.

Its limits: what depends on more than a block (a regime that lasts for hours) is not seen, and a history
of a few blocks can only say little. That little is widened, see ``Blocks.stretch``.
"""

from __future__ import annotations

from math import ceil, sqrt

import numpy as np
from scipy.special import ndtri, stdtrit

from models.ticks import Bools, Floats, Ints

LEVEL = 0.95
DRAWS = 1_000


def compact(second: Ints, gap_s: int) -> Ints:
    """Return each row's place on a time line of seconds on which no empty stretch exceeds ``gap_s``."""
    known, row = np.unique(second, return_inverse=True)
    return np.cumsum(np.minimum(np.diff(known, prepend=known[:1]), gap_s))[row]


def block_seconds(span_s: int, horizon_s: int) -> int:
    """Return how long a block is, in seconds: whole horizons, at least two.

    For outcomes that overlap over ``h`` of ``N`` seconds (autocorrelation 1 - k/h) the length with the
    least error of the variance is h (N / 6h)^(1/3), by Politis and White 2004, corrected 2009.
    """
    return horizon_s * max(2, int(np.ceil(np.cbrt(span_s / (6 * horizon_s)))))


class Blocks:
    """Seeded resamples of rows that lie at ``second``, whose outcomes take ``horizon_s`` to be known."""

    def __init__(self, second: Ints, horizon_s: int, seed: int, draws: int = DRAWS) -> None:
        self.place = compact(second, horizon_s)
        self.span_s = int(self.place.max(initial=-1)) + 1
        self.horizon_s = horizon_s
        self.length_s = block_seconds(self.span_s, horizon_s)
        self.count = self.span_s / self.length_s
        self.stretch = _stretch(self.count, horizon_s / self.length_s)
        self._starts = self._drawn(seed, draws)

    @property
    def enough(self) -> bool:
        """Return whether there are two blocks: below that nothing is said about spread."""
        return self.count >= 2

    def _drawn(self, seed: int, draws: int) -> Ints:
        shape = (draws, ceil(self.count))
        return np.random.default_rng(seed).integers(0, max(self.span_s, 1), shape)

    def trials(self, among: Bools) -> int:
        """Return how many horizons of the time line have a row of ``among``: that many share no outcome."""
        return len(np.unique(self.place[among] // self.horizon_s))

    def sums(self, column: Floats) -> Floats:
        """Return the sum of a column (n,) in each resample, shape (draws,)."""
        each = np.bincount(self.place, column, self.span_s)
        total = np.concatenate([[0.0], np.cumsum(np.concatenate([each, each[: self.length_s]]))])
        block = total[self.length_s : self.length_s + self.span_s] - total[: self.span_s]
        return np.asarray(block[self._starts].sum(axis=1))


def _stretch(count: float, overlap: float) -> float:
    """Return what deviations are multiplied by: too few blocks, and blocks that cut dependence at their ends.

    Student's t with one degree less than blocks, the variance's m / (m - 1), and the third of a horizon
    that each end of a block loses from the sum of autocovariances.
    """
    if count < 2:
        return float("nan")
    student = stdtrit(count - 1, (1 + LEVEL) / 2) / ndtri((1 + LEVEL) / 2)
    return float(student * sqrt(count / (count - 1) / (1 - overlap / 3)))
