"""Limits of PSI and KS at the declared rate, and how rare a value is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from models.monitor.drift.declared import Declared
from models.monitor.drift.distance import ks, padded_shares, psi
from models.monitor.drift.looks import DISTANCE, KEYS, LENGTHS, LOOKED, PREVIOUS, logarithm
from models.monitor.drift.reference import DriftReference
from models.monitor.drift.tail import Tail
from models.ticks import Floats


class Pair(NamedTuple):
    """One number a feature for PSI and for KS, shape (F,) each."""

    psi: Floats
    ks: Floats


@dataclass(frozen=True, slots=True)
class Limits:
    """By look (``KEYS``): values that no drift passes at more than the declared rate; +inf: cannot judge.

    PSI and KS of all windows against training share a limit each, on the scale on which every feature strays
    alike: a look at thirty features and two windows is one look. ``previous`` has its own, for PSI alone.
    """

    at: Mapping[str, Pair]
    _nulls: Mapping[str, Floats]
    _tails: Mapping[str, Tail]
    _declared: Declared

    @staticmethod
    def of(reference: DriftReference, declared: Declared) -> Limits:
        """Return the limits of a reference at a declared rate."""
        most = _most(reference)
        at = {}
        for key in KEYS:
            pair = []
            for place in (0, 1):
                detector = _detector(key, place)
                tail = reference.tails.get(detector)
                far = tail.limit(declared.hourly(detector)) if tail else np.inf
                pair.append(_limit(reference.nulls[key][:, place], far, most[key][place]))
            at[key] = Pair(*pair)
        return Limits(at, reference.nulls, reference.tails, declared)

    def standardised(self, key: str, values: Floats, distance: int) -> Floats:
        """Return distances (..., F), 0 PSI or 1 KS, in spreads from what is usual."""
        centre, spread = self._nulls[key][:, distance].T
        return np.asarray((logarithm(values) - centre) / spread)

    def days(self, key: str, values: Floats, distance: int = 0) -> list[float | None]:
        """Return by feature the days between false alarms if the limit lay at these values (F,).

        None where nothing can be said: half of all hours pass the value, or it is unheard of.
        """
        tail = self._tails.get(_detector(key, distance))
        if tail is None:
            return [None] * len(values)
        found = self._declared.days(tail.beyond(self.standardised(key, values, distance)))
        return [days if math.isfinite(days) else None for days in found.tolist()]


def _detector(key: str, distance: int) -> str:
    """Return the detector that takes a distance of a look; empty where none does."""
    return next((d for d, keys in LOOKED.items() if key in keys and DISTANCE[d] == distance), "")


def _limit(null: Floats, far: float, most: Floats) -> Floats:
    """Return the limits of one distance; infinite where no window can reach them."""
    with np.errstate(over="ignore", invalid="ignore"):
        found = np.exp(null[:, 0] + far * null[:, 1])
    return np.asarray(np.where(found < most, found, np.inf))


def _most(reference: DriftReference) -> dict[str, Pair]:
    """Return the greatest distances that a full window can have: all its rows in one bin."""
    bins = reference.shape[1]
    one = np.eye(bins, dtype=np.int64)[:, None, :]  # (bins, 1, bins)
    found = {}
    for key in KEYS:
        seconds = LENGTHS[key]
        shares = padded_shares(one * seconds, reference.real)
        usual = reference.expected if key != PREVIOUS else shares[0]
        possible = reference.real.T
        far_psi = np.where(possible, psi(shares, usual), 0.0).max(axis=0)
        far_ks = np.where(possible, ks(shares, usual), 0.0).max(axis=0)
        found[key] = Pair(far_psi, far_ks)
    return found
