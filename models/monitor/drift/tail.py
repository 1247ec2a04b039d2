"""The tail of the greatest standardised value of an hour without drift, wide where few hours were seen.

Peaks over a threshold: half of the hours lie above the threshold u, their excesses are taken as exponential,
which is heavier than the tail of a maximum of normal values. Of an exponential whose mean was estimated as b
from k excesses, the next value passes x with probability

    P = share * (1 + (x - u) / (k b)) ** -k          (exact: X over the sum of k others is a ratio of gammas)

So a reference of few hours gives a far limit, and one of many nearly the exponential one. k counts
*independent* hours, and b is not believed below ``LEAST_EXCESS``: few hours can lie close together by luck.
(Davison, Smith: Models for exceedances over high thresholds, J. R. Stat. Soc. B 52, 1990.)
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from models.ticks import Bools, Floats

SHARE = 0.5
LEAST_EXCESS = 0.25
LEAST_WEIGHT = 0.5


class Tail(NamedTuple):
    """What is kept of it; in units of the standardised value."""

    threshold: float
    excess: float  # mean above the threshold
    weight: float  # independent hours above the threshold, less one

    def beyond(self, values: Floats) -> Floats:
        """Return the chance of an hour above each value; NaN below the threshold, where it is not known."""
        stretch = (values - self.threshold) / (self.weight * self.excess)
        chance = SHARE * np.exp(-self.weight * np.log1p(np.maximum(stretch, 0.0)))
        return np.asarray(np.where(values >= self.threshold, chance, np.nan))

    def limit(self, chance: float) -> float:
        """Return the value that an hour passes with this chance; the threshold for any above 1/2."""
        if chance >= SHARE:
            return self.threshold
        power = math.log(SHARE / chance) / self.weight
        if power > 700.0:  # beyond the numbers, and beyond any value
            return math.inf
        return self.threshold + self.weight * self.excess * math.expm1(power)


def tail_of(hours: Floats) -> Tail | None:
    """Return the tail of hourly maxima, shape (symbols, hours), NaN where an hour had no looks."""
    known = hours[np.isfinite(hours)]
    if not len(known):
        return None
    threshold = float(np.quantile(known, SHARE))
    above = known[known > threshold] - threshold
    excess = float(above.mean()) if len(above) else 0.0
    # one hour less: the threshold is estimated as well
    weight = max(SHARE * independent(hours) - 1.0, LEAST_WEIGHT)
    return Tail(threshold, max(excess, LEAST_EXCESS), weight)


def independent(hours: Floats) -> float:
    """Return how many independent hours the maxima are worth, at least one.

    Symbols move together and an hour is like the one before it: the count is divided by
    1 + (symbols - 1) r of their mean correlation r, and by (1 + s) / (1 - s) of the serial one.
    """
    known: Bools = np.isfinite(hours)
    count = int(known.sum())
    if count < 3:
        return float(max(count, 1))
    apart = np.where(known, hours - np.nanmean(hours), 0.0)
    variance = float((apart**2).sum() / count)
    if variance <= 0.0:
        return 1.0
    serial = min(_mean_product(apart[:, 1:], apart[:, :-1], known[:, 1:] & known[:, :-1]) / variance, 0.9)
    return max(count / _together(apart, known, variance) * (1.0 - serial) / (1.0 + serial), 1.0)


def _together(apart: Floats, known: Bools, variance: float) -> float:
    symbols = len(apart)
    if symbols < 2:
        return 1.0
    pairs = known.sum(axis=0)
    # over all pairs of symbols in an hour: (sum)^2 - sum of squares
    crossed = float((apart.sum(axis=0) ** 2 - (apart**2).sum(axis=0)).sum())
    count = float((pairs * (pairs - 1)).sum())
    alike = max(crossed / count / variance, 0.0) if count else 0.0
    return 1.0 + (symbols - 1) * min(alike, 1.0)


def _mean_product(one: Floats, other: Floats, known: Bools) -> float:
    count = int(known.sum())
    return max(float((one * other * known).sum()) / count, 0.0) if count else 0.0
