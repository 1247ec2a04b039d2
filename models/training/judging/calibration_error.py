"""How far probabilities are from frequencies: expected calibration error (ECE) over bins of the score.

Equal width: bin b of B holds the scores in [b/B, (b+1)/B), the last one 1.0 too. Equal mass: the scores by
rank in B equal shares; equal scores stay together, in the bin of their middle rank, so that the order of the
rows does not matter. (Naeini, Cooper, Hauskrecht: Obtaining well calibrated probabilities using Bayesian
binning, AAAI 2015.)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.ticks import Floats, Ints

BINS = 10


def ece(label: npt.ArrayLike, prob: Floats, bins: int = BINS, equal_mass: bool = False) -> float:
    """Return the mean over rows of |mean score - share of ups| of their bin; ``label`` holds 0 and 1.

    Raises ValueError without rows, or where the two differ in length.
    """
    up = np.asarray(label, dtype=np.float64)
    if len(up) == 0 or len(up) != len(prob):
        raise ValueError(f"an ECE needs a score for each label and at least one: {len(up)} and {len(prob)}")
    place = mass_bins(prob, bins) if equal_mass else width_bins(prob, bins)
    return float(np.abs(np.bincount(place, prob - up, bins)).sum() / len(up))


def width_bins(prob: Floats, bins: int = BINS) -> Ints:
    """Return the bin of each score among ``bins`` of equal width."""
    return np.minimum((prob * bins).astype(np.int64), bins - 1)


def mass_bins(prob: Floats, bins: int = BINS) -> Ints:
    """Return the bin of each score among ``bins`` of equal count, as far as equal scores allow."""
    _, group, count = np.unique(prob, return_inverse=True, return_counts=True)
    middle = np.cumsum(count) - count / 2
    return np.minimum((middle * (bins / len(prob))).astype(np.int64), bins - 1)[group]
