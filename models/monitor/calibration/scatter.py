"""How far a sum of the sizes of normal errors lies from nothing: its distribution in closed form.

Errors X_b with covariance C: S = sum |X_b| has an exact mean and variance (folded normals), and a tail like
that of all errors on one side, whose variance is the sum of C where no covariance is negative. S is taken as
the root of a constant and of that variance times a chi-square of some degrees of freedom, by all three. One
error alone, or errors that go together, are a half-normal, exactly. Against drawn ones, from one bin to ten,
dependent or not: medians 6 % too low to 2 % too high, upper ends 0 % to 10 % too high.
"""

from __future__ import annotations

from functools import lru_cache
from math import pi, sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from models.ticks import Floats

_STEPS = 8
_NODES = 32
_EVEN: Floats = np.array([NormalDist().inv_cdf((i + 0.5) / _NODES) for i in range(_NODES)])


class Scatter(NamedTuple):
    """sqrt(constant + scale * chi-square of so many degrees of freedom), any shape, as all below."""

    constant: Floats
    scale: Floats
    degrees: Floats

    def quantile(self, share: float) -> Floats:
        """Return what the sum stays below with a probability in (0, 1)."""
        return np.asarray(np.sqrt(self.constant + self.scale * _chi_square(self.degrees, _normal(share))))


def scatter_of(covariance: Floats) -> Scatter:
    """Return the distribution of the sum of the sizes of normal errors around 0, covariance (..., b, b)."""
    mean, variance = folded(covariance)
    total = covariance.sum(axis=(-2, -1))
    some = total > 0.0
    scale, square = np.where(some, total, 1.0), mean**2 + variance
    few = np.ones_like(scale)
    many = np.maximum(1.0, square / scale)  # more degrees, wider: the mean of the root is less
    for _ in range(_STEPS):
        middle = (few + many) / 2
        more = _mean(square, scale, middle) > mean
        few, many = np.where(more, middle, few), np.where(more, many, middle)
    constant = np.where(some, np.maximum(0.0, square - scale * few), 0.0)
    return Scatter(constant, np.where(some, scale, 0.0), np.where(some, few, 1.0))


def folded(covariance: Floats) -> tuple[Floats, Floats]:
    """Return mean and variance of the sum of the sizes of normal errors around 0, covariance (..., b, b).

    With correlation r, Cov(|X|, |Y|) = 2/pi (sqrt(1 - r^2) + r asin r - 1) sd sd (Nabeya 1951).
    """
    deviation = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    both = deviation[..., :, None] * deviation[..., None, :]
    r = np.clip(np.divide(covariance, both, out=np.zeros_like(both), where=both > 0), -1.0, 1.0)
    together = 2 / pi * (np.sqrt(1 - r * r) + r * np.arcsin(r) - 1) * both
    return sqrt(2 / pi) * deviation.sum(axis=-1), np.maximum(0.0, together.sum(axis=(-2, -1)))


def _mean(square: Floats, scale: Floats, degrees: Floats) -> Floats:
    nodes = _chi_square(degrees[..., None], _EVEN)
    scaled = nodes * (scale * degrees * _NODES / nodes.sum(axis=-1))[..., None]
    constant = np.maximum(0.0, square - scale * degrees)
    return np.asarray(np.sqrt(constant[..., None] + scaled).sum(axis=-1) / _NODES)


def _chi_square(degrees: Floats, normal: Floats | float) -> Floats:
    """Return quantiles of a chi-square by those of the normal (Wilson and Hilferty 1931)."""
    spread = 2.0 / (9.0 * degrees)
    return np.asarray(degrees * np.maximum(1.0 - spread + normal * np.sqrt(spread), 0.0) ** 3)


@lru_cache
def _normal(share: float) -> float:
    return NormalDist().inv_cdf(share)
