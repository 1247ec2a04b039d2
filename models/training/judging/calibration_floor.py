"""The calibration error that remains with perfect calibration: what a finite, overlapping sample shows.

A model whose scores are exactly right still has an ECE above 0, since shares in bins scatter. How much
depends on how many *independent* outcomes there are: outcomes of one horizon, asked each second, overlap.
So labels are drawn for the very scores and seconds at hand: the outcome of second t is driven by the sum of
the random steps of its horizon (t, t + h], as a price is, and is an up where that sum passes the score's
normal quantile. Each label is an up with exactly its score's probability; labels k seconds apart have
normal drivers with correlation 1 - k/h; symbols share a part of their steps (``correlation``).

Limits: steps are independent and of one size. Regimes that outlast the horizon, or a score that foresees
the steps of its own window in common with its neighbours, are not in it, and make the true floor higher.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import pi, sin, sqrt

import numpy as np
from scipy.special import ndtri

from models.ticks import Bools, Floats, Ints
from models.training.judging.blocks import compact
from models.training.judging.calibration_error import BINS, mass_bins, width_bins

DRAWS = 400
_MOST_LABELS = 40_000_000  # draws of a long history are fewer: its floor is small and hardly scatters
_LEAST_DRAWS = 50


@dataclass(frozen=True, slots=True)
class Floor:
    """ECE under perfect calibration, median and 95 % quantile: as outcomes overlap, and if they did not."""

    median: float
    q95: float
    independent_median: float
    independent_q95: float
    draws: int

    def as_dict(self) -> dict[str, float | int]:
        """Return it as it stands in a card."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def ece_floor(
    prob: Floats,
    second: Ints,
    horizon_s: int,
    *,
    code: Ints | None = None,
    correlation: float = 0.0,
    seed: int,
    bins: int = BINS,
    equal_mass: bool = False,
    draws: int = DRAWS,
) -> Floor:
    """Return the floor of the ECE for these scores at these seconds (of symbols ``code``, default one)."""
    place = mass_bins(prob, bins) if equal_mass else width_bins(prob, bins)
    return ece_floors(
        prob, second, horizon_s, [place], code=code, correlation=correlation, seed=seed, draws=draws
    )[0]


def ece_floors(
    prob: Floats,
    second: Ints,
    horizon_s: int,
    places: Sequence[Ints],
    *,
    code: Ints | None = None,
    correlation: float,
    seed: int,
    draws: int = DRAWS,
) -> list[Floor]:
    """Return one floor for each way to bin the rows, from the same drawn labels."""
    random = np.random.default_rng(seed)
    draws = max(_LEAST_DRAWS, min(draws, _MOST_LABELS // max(len(prob), 1)))
    symbol = np.zeros(len(prob), dtype=np.int64) if code is None else code
    overlapping = _errors(
        prob, places, draws, _overlapping(prob, second, symbol, horizon_s, correlation, random)
    )
    independent = _errors(prob, places, draws, (random.random(len(prob)) < prob for _ in range(draws)))
    return [
        Floor(*_levels(one), *_levels(other), draws)
        for one, other in zip(overlapping, independent, strict=True)
    ]


def _levels(errors: Floats) -> tuple[float, float]:
    return float(np.quantile(errors, 0.5)), float(np.quantile(errors, 0.95))


def _errors(prob: Floats, places: Sequence[Ints], draws: int, labels: Iterator[Bools]) -> Floats:
    """Return the ECE of each drawn set of labels, shape (ways to bin, draws)."""
    found = np.empty((len(places), draws))
    for draw, label in zip(range(draws), labels, strict=False):
        residual = prob - label
        found[:, draw] = [np.abs(np.bincount(place, residual)).sum() / len(prob) for place in places]
    return found


def _overlapping(
    prob: Floats, second: Ints, code: Ints, horizon_s: int, correlation: float, random: np.random.Generator
) -> Iterator[Bools]:
    """Yield labels for ever, as the module says."""
    place, symbol = compact(second, horizon_s), np.unique(code, return_inverse=True)[1]
    shape = (int(symbol.max(initial=0)) + 2, int(place.max(initial=0)) + 1 + horizon_s)
    needed = -ndtri(prob) * sqrt(horizon_s)
    while True:
        path = np.cumsum(random.standard_normal(shape, dtype=np.float32), axis=1, dtype=np.float64)
        drift = path[:, horizon_s:] - path[:, :-horizon_s]
        own = sqrt(correlation) * drift[0] + sqrt(1 - correlation) * drift[1:]
        yield own[symbol, place] > needed


def outcome_correlation(up: Floats, second: Ints) -> float:
    """Return how much symbols move together: of the drivers of outcomes of the same second, in [0, 1].

    The mean product of deviations of two symbols' labels over their variance, turned into the correlation
    of normal drivers (Sheppard's sin(pi r / 2), exact for even odds); 0 where no second has two symbols.
    """
    off = up - up.mean()
    row = np.unique(second, return_inverse=True)[1]
    count, total, square = (np.bincount(row, values) for values in (np.ones(len(up)), off, off**2))
    pairs, variance = float((count * (count - 1)).sum()), float(off.var())
    if pairs == 0 or variance == 0:
        return 0.0
    r = float((total**2 - square).sum()) / pairs / variance
    return max(0.0, sin(pi / 2 * min(1.0, r)))
