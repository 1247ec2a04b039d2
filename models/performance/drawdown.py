"""Falls of equity from its running peak: how deep, how long, and whether one is still going on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.performance.periods import SECOND
from models.ticks import Floats, Ints


class Drawdown(NamedTuple):
    """The deepest fall and the lengths of falls; all zero for a curve that never falls."""

    depth: float  # share of the peak, 0 to 1
    length_s: float  # of the deepest, from its peak to recovery or to the end
    longest_s: float  # of any
    under_water_s: float  # from the last peak to the end; 0 at a peak


def under_water(equity: Floats) -> Floats:
    """Return how far each mark lies below the peak so far, as a share of it, zero or negative, shape (n,)."""
    return equity / np.maximum.accumulate(equity) - 1.0


def drawdown(ts: Ints, equity: Floats) -> Drawdown:
    """Return the drawdown of a curve (n,) with marks at ``ts`` (UTC ns).

    A fall begins at the last mark that stood at the peak and ends at the first that is back at it; the first
    of several equally deep ones is the deepest.
    """
    below = under_water(equity)
    at_peak = np.flatnonzero(below == 0.0)
    ends = np.append(ts[at_peak[1:]], ts[-1])
    fell = np.append(np.diff(at_peak) > 1, at_peak[-1] < len(ts) - 1)
    lengths = np.where(fell, ends - ts[at_peak], 0) / SECOND
    deepest = np.searchsorted(at_peak, int(below.argmin()), side="right") - 1
    open_s = float(lengths[-1])
    return Drawdown(-float(below.min()) + 0.0, float(lengths[deepest]), float(lengths.max()), open_s)
