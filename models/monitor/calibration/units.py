"""Fixed point: sums over time are whole numbers, so that no order of adding changes a bit of them."""

from __future__ import annotations

import numpy as np

from models.ticks import Floats, Ints

ONE = 2**40
"""Scores, losses and returns are counted in units of 1 / ONE."""

VARIANCE_ONE = 2**13
"""Variances of a whole bucket are rounded to 1 / VARIANCE_ONE: they only say how much a figure scatters."""


def fixed(values: Floats, one: int = ONE) -> Ints:
    """Return the nearest whole number of units, any shape."""
    return np.rint(values * one).astype(np.int64)
