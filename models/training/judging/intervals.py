"""A figure with what is known of its error: 95 % interval, rows, and how many independent ones they equal."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from models.ticks import Bools, Floats, Ints
from models.training.judging.blocks import LEVEL, Blocks

_TAILS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure over ``n`` rows; ``low`` and ``high`` are None where the history is too short to tell."""

    value: float
    low: float | None
    high: float | None
    n: int
    n_effective: float | None

    def as_dict(self) -> dict[str, float | int | None]:
        """Return it as it stands in a card."""
        rounded = None if self.n_effective is None else round(self.n_effective, 1)
        return {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "n_effective": rounded,
        }


def mean_interval(values: npt.ArrayLike, blocks: Blocks, bounds: tuple[float, float] = (0, 1)) -> Interval:
    """Return the mean of a value a row with its interval."""
    each = np.asarray(values, dtype=np.float64)
    mean = float(each.mean())
    return from_influence(mean, each - mean, blocks, bounds=bounds)


def share_interval(hit: npt.ArrayLike, among: npt.ArrayLike, blocks: Blocks) -> Interval | None:
    """Return the share of ``hit`` rows among those of ``among``, None where there are none."""
    inside = np.asarray(among, dtype=np.bool_)
    n = int(inside.sum())
    if n == 0:
        return None
    share = float(np.asarray(hit)[inside].mean())
    influence = inside * (np.asarray(hit) - share) * (len(inside) / n)
    return from_influence(share, influence, blocks, among=inside)


def from_influence(
    value: float,
    influence: Floats,
    blocks: Blocks,
    *,
    among: Bools | None = None,
    bounds: tuple[float, float] = (0, 1),
) -> Interval:
    """Return the interval of a statistic by what each row contributes to its error.

    ``influence`` (one value a row, mean 0) is the statistic's derivative by the weight of the row (Hampel
    1974), so that its error is about the mean of them; that mean is resampled. Exact for means, linearised
    for shares, AUC and the like. The effective count is the rows' (those of ``among``, default all) times
    the variance that independent ones would have over the variance found.
    """
    inside = np.ones(len(influence), dtype=np.bool_) if among is None else among
    rows = int(inside.sum())
    if not blocks.enough:
        return Interval(value, None, None, rows, None)
    off = blocks.stretch * blocks.sums(influence) / np.maximum(blocks.sums(np.ones(len(influence))), 1)
    spread = float(off.var())
    if spread < 1e-24:
        return _without_spread(value, rows, blocks.trials(inside), bounds)
    low, high = np.clip(value + np.quantile(off, _TAILS), *bounds)
    worth = rows * float((influence**2).mean()) / len(influence) / spread
    return Interval(value, float(low), float(high), rows, min(worth, float(rows)))


def _without_spread(value: float, rows: int, trials: int, bounds: tuple[float, float]) -> Interval:
    # all right or all wrong: Wilson's interval for as many trials as there are horizons apart
    if bounds != (0, 1):
        return Interval(value, None, None, rows, trials)
    low, high = wilson(value, trials)
    return Interval(value, low, high, rows, trials)


def wilson(share: float, n: float) -> tuple[float, float]:
    """Return Wilson's interval of a share seen in ``n`` independent trials."""
    z = float(ndtri(_TAILS[1]))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def distance_interval(residuals: Floats, bins: Ints, blocks: Blocks) -> Interval:
    """Return an ECE with its interval: ``residuals`` = score - label, ``bins`` the bin of each row.

    Resampling adds noise to noise, so a resampled ECE lies too high. The low end is reflected at the value
    (2 value - quantile), which takes that out. The high end is the resampled quantile itself: near perfect
    calibration, where an ECE cannot fall below zero, reflecting would put it at the value; this one is too
    high if anything.
    """
    each = [residuals * (bins == b) for b in np.unique(bins)]
    value = float(sum(abs(r.sum()) for r in each) / len(residuals))
    worth = mean_interval(residuals, blocks, (-1, 1)).n_effective
    if not blocks.enough:
        return Interval(value, None, None, len(residuals), None)
    found = sum(np.abs(blocks.sums(r)) for r in each) / np.maximum(blocks.sums(np.ones(len(residuals))), 1)
    off = blocks.stretch * float(np.quantile(found, _TAILS[1]) - value)
    low, high = max(0.0, value - off), min(1.0, max(value, value + off))
    return Interval(value, min(low, value), high, len(residuals), worth)
