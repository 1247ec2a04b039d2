"""How long the blocks of a stationary bootstrap should be on average, told by the series itself.

Politis and White 2004, "Automatic block-length selection for the dependent bootstrap", with the correction
of Patton, Politis and White 2009.
"""

from __future__ import annotations

from math import ceil, log10, sqrt

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from models.ticks import Floats

_RUN = 5
"""So many small autocorrelations in a row mean that no dependence is left."""


def mean_block_length(series: Floats) -> float:
    """Return the mean block length with the least error of the bootstrapped variance of the mean, at least 1.

    b = (2 G² / D)^(1/3) n^(1/3), with G = Σ λ(k/M) |k| R(k), D = 2 (Σ λ(k/M) R(k))², λ the flat-top window
    and M twice the lag from which on no autocorrelation matters; never over min(3 √n, n/3). A series that
    is too short (under 16) or without spread gets 1.
    """
    n = len(series)
    centred = series - series.mean() if n else series
    if n < 16 or float(np.abs(centred).max()) < 1e-14:
        return 1.0
    furthest = min(ceil(sqrt(n)) + _RUN, n - 1)
    covariances = _autocovariances(centred, furthest)
    lags = min(2 * _first_small(covariances, n), furthest)
    return float(np.clip(_optimal(covariances[: lags + 1], n), 1.0, ceil(min(3 * sqrt(n), n / 3))))


def _autocovariances(centred: Floats, furthest: int) -> Floats:
    n = len(centred)
    return np.array([centred[: n - lag] @ centred[lag:] for lag in range(furthest + 1)]) / n


def _first_small(covariances: Floats, n: int) -> int:
    """Return the first lag of the first run of insignificant autocorrelations, the furthest without a run."""
    small = np.abs(covariances[1:] / covariances[0]) < 2 * sqrt(log10(n) / n)
    runs = np.flatnonzero(sliding_window_view(small, _RUN).all(axis=1))
    return int(runs[0]) + 1 if len(runs) else len(small)


def _optimal(covariances: Floats, n: int) -> float:
    lag = np.arange(1, len(covariances))
    window = np.minimum(2 * (1 - lag / lag[-1]), 1)  # flat to the middle, then falling to zero
    g = 2 * float((window * lag * covariances[1:]).sum())
    d = 2 * float(covariances[0] + 2 * (window * covariances[1:]).sum()) ** 2
    return float(np.cbrt(2 * g * g / d * n)) if d > 0 else float(n)
