"""Many noisy points as few: the median of each stretch, with the least and the most of it.

For figures that scatter from point to point, of which a line through all would be a wall of ink. What is a
path, such as equity, is thinned instead.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.ticks import Floats, Ints


class Pooled(NamedTuple):
    """Stretches of ``each`` points: their middle points, and least, median and greatest values."""

    places: Ints
    each: int
    low: Floats
    middle: Floats
    high: Floats


def pooled(values: Floats, most: int) -> Pooled:
    """Return values (n,) in at most ``most`` stretches of one length; NaN counts for nothing."""
    each = max(1, -(-len(values) // most))
    starts = np.arange(0, len(values), each)
    known = [stretch[np.isfinite(stretch)] for stretch in np.split(values, starts[1:])]
    quantiles = [np.quantile(some, (0, 0.5, 1)) if some.size else np.full(3, np.nan) for some in known]
    low, middle, high = np.array(quantiles).T
    ends = np.minimum(starts + each, len(values))
    return Pooled((starts + ends - 1) // 2, each, low, middle, high)
