"""Shifts put into a history: a feature scaled, all moves scaled, probabilities inflated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from flows.alarms.history import History
from models.monitor.drift.distance import padded_shares, psi
from models.ticks import Floats

SIZE = 0.25
"""PSI of a shifted feature against training, over a whole population."""
NEAR = 0.05
INFLATED = 0.2
"""How much too high probabilities are made."""
FACTORS = np.geomspace(1.02, 50.0, 60)
MOVES = (
    "ret_1s", "ret_5s", "ret_15s", "ret_30s", "ret_60s", "ret_300s", "vol_60s", "vol_300s", "range_60s",
    "vwap_dev_10s", "vwap_dev_60s", "macd", "macd_hist", "trend_120s",
)  # fmt: skip
"""Features in units of price moves: a wilder market scales them all alike."""
MOVED = "ret_5s"
"""The feature of which a wilder market has the PSI ``SIZE``."""

Kind = Literal["feature", "regime", "inflated"]


@dataclass(frozen=True, slots=True)
class Shift:
    """What is scaled by what from when on."""

    kind: Kind
    at: int  # s
    symbols: tuple[int, ...]
    features: tuple[int, ...]  # places in the reference
    factor: float


def factor_of(history: History, feature: int) -> float | None:
    """Return the factor that gives a feature's training values the PSI ``SIZE``; None where none does."""
    bins = history.reference
    values = history.train.x[:, bins.columns[feature]]
    if len(values) > 200_000:
        values = values[:: len(values) // 100_000]
    sizes = np.array([_psi(history, feature, values * factor) for factor in FACTORS])
    best = int(np.abs(sizes - SIZE).argmin())
    return float(FACTORS[best]) if abs(sizes[best] - SIZE) <= NEAR else None


def _psi(history: History, feature: int, values: Floats) -> float:
    bins = history.reference
    places = np.searchsorted(bins.edges[feature], values, side="right")
    counts = np.bincount(places, minlength=bins.shape[1])
    shares = padded_shares(counts, bins.real[feature])
    return float(psi(shares, bins.expected[feature]))


def drawn(
    history: History, count: int, rng: np.random.Generator, room: tuple[int, int]
) -> tuple[list[Shift], list[str]]:
    """Return ``count`` shifts of single features and half as many of all moves, and features without any.

    ``room``: seconds that must lie before and after a shift.
    """
    names = history.reference.names
    factors = {place: factor_of(history, place) for place in range(len(names))}
    able = [place for place, factor in factors.items() if factor is not None]
    unable = [names[place] for place, factor in factors.items() if factor is None]
    when = _moments(history, rng, room)
    shifts = [_single(history, factors, able, when, rng) for _ in range(count if able else 0)]
    moved = factors.get(names.index(MOVED)) if MOVED in names else None
    if moved is not None:
        places = tuple(names.index(name) for name in MOVES if name in names)
        everywhere = tuple(range(len(history.symbols)))
        shifts += [Shift("regime", when(), everywhere, places, moved) for _ in range(count // 2)]
    return shifts, unable


def _moments(history: History, rng: np.random.Generator, room: tuple[int, int]) -> Callable[[], int]:
    low, high = history.first + room[0], history.first + history.seconds - room[1]
    return lambda: int(rng.integers(low, max(high, low + 1)))


def _single(
    history: History,
    factors: dict[int, float | None],
    able: list[int],
    when: Callable[[], int],
    rng: np.random.Generator,
) -> Shift:
    feature = int(rng.choice(able))
    factor = factors[feature]
    assert factor is not None
    return Shift("feature", when(), (int(rng.integers(len(history.symbols))),), (feature,), factor)
