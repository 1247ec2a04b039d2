"""Bins of a histogram: round edges, one of them at zero, as many as the values can fill."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from flows.reporting.drawing.ticks import ticks_around
from models.ticks import Floats, Ints

FEWEST, MOST = 12, 40


class Bins(NamedTuple):
    """How many values lie in each bin; ``edges`` has one more, the last bin holds both of its ends."""

    edges: Floats
    counts: Ints
    decimals: int


def bins(values: Floats) -> Bins:
    """Return the bins of at least one finite value, rounded from Freedman and Diaconis (1981)."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    quarters = np.quantile(values, [0.25, 0.75])
    width = 2 * float(quarters[1] - quarters[0]) / len(values) ** (1 / 3)
    span = high - low or 1.0  # 1.6: a round width is at most 2.5 times the one asked for
    most = int(np.clip(1.6 * span / width if width else FEWEST, FEWEST, MOST))
    ticks = ticks_around(low, low + span, most + 1)
    edges = np.array(ticks.values)
    return Bins(edges, np.histogram(values, edges)[0], ticks.decimals)
