"""``ensemble``: the weighted mean of what its members say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from models.ticks import Floats

ENSEMBLE = "ensemble"
VERSION = f"{ENSEMBLE}-1.0"


class Mixed(NamedTuple):
    """The ensemble's answer for each row, shape (n,), and how far its members are apart."""

    prob: Floats
    spread: Floats  # weighted standard deviation over the members


def mix(answers: Sequence[Floats], weights: Sequence[float]) -> Mixed:
    """Return the weighted mean and standard deviation over members, each of shape (n,).

    A member whose answer is not finite has no say in that row; where none has, the result is NaN. Summed
    member by member, so a row's bits do not depend on the batch it is in.
    """
    total, mean = np.zeros_like(answers[0]), np.zeros_like(answers[0])
    for answer, weight in zip(answers, weights, strict=True):
        known = np.isfinite(answer)
        total += np.where(known, weight, 0.0)
        mean += np.where(known, weight * np.where(known, answer, 0.0), 0.0)
    some = total > 0
    divisor = np.where(some, total, 1.0)
    mean = np.where(some, mean / divisor, np.nan)
    variance = np.zeros_like(mean)
    for answer, weight in zip(answers, weights, strict=True):
        known = np.isfinite(answer) & some
        variance += np.where(known, weight * np.square(np.where(known, answer - mean, 0.0)), 0.0)
    return Mixed(mean, np.where(some, np.sqrt(variance / divisor), np.nan))
