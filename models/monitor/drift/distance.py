"""How far the shares of one window lie from expected ones: PSI and KS over the same bins.

With counts c over B bins, n rows:

    shares   a = (c + 0.5) / (n + 0.5 B)                     also for the expected e; no share is 0
    PSI      sum (a - e) ln(a / e)                           (Siddiqi: Credit Risk Scorecards, Wiley 2006)
    KS       max |cumulative a - cumulative e| at the inner edges

A table of features with unlike numbers of bins is padded to the largest; a bin that is none has share 1 on
both sides and so adds nothing.
"""

from __future__ import annotations

import numpy as np

from models.ticks import Bools, Floats, Ints

SMOOTHING = 0.5


def smoothed(counts: Floats) -> Floats:
    """Return shares of counts (..., bins) with half a row added to each bin."""
    return np.asarray((counts + SMOOTHING) / (counts + SMOOTHING).sum(axis=-1, keepdims=True))


def padded_shares(counts: Ints, real: Bools) -> Floats:
    """Return the smoothed shares of counts (..., features, bins); 1 in bins that are none.

    ``real`` (features, bins) tells which bins there are.
    """
    added = np.where(real, counts + SMOOTHING, 0.0)
    return np.asarray(np.where(real, added / added.sum(axis=-1, keepdims=True), 1.0))


def psi(shares: Floats, expected: Floats) -> Floats:
    """Return the population stability index of shares (..., bins) against the expected ones."""
    return np.asarray(((shares - expected) * np.log(shares / expected)).sum(axis=-1))


def ks(shares: Floats, expected: Floats) -> Floats:
    """Return the largest distance of the cumulative shares."""
    return np.asarray(np.abs(np.cumsum(shares - expected, axis=-1)).max(axis=-1))
