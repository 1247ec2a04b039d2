"""How far the live monitor's own looks stray in training: looks at each five minutes, as it will look.

The training time is cut into ``PARTS`` equal stretches, and a window is compared with those that it does
not lie in: so it is as strange to them as a later window will be. In a long history that changes little, in a
short one, whose hours are not alike, very much.

Per feature, distance and kind of window: ``centre``, the median of its logarithm, and ``spread``, the root
mean square of what lies above the median, since only how it rises counts. Then per detector the greatest
standardised value over features, windows and twelve looks in a row, an hour; and of these maxima the tail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from models.monitor.bucket import BUCKET_S
from models.monitor.drift.distance import ks, padded_shares, psi
from models.monitor.drift.looks import (
    COMPARING,
    DISTANCE,
    HOUR,
    HOURS,
    KEYS,
    KS,
    LEAST_SHARE,
    LENGTHS,
    LOOKED,
    PER_HOUR,
    PREVIOUS,
    PSI,
    SUSTAINED,
    WINDOWS_S,
    logarithm,
)
from models.monitor.drift.tail import independent, tail_of
from models.ticks import Bools, Floats, Ints

PARTS = 5
LEAST_SPREAD = 0.1
_FIRST = max(WINDOWS_S) // BUCKET_S - 1  # the first look at which every window can be full
_DISTANCES = (PSI, KS)

Counts = npt.NDArray[np.uint16]


def bucket_counts(code: Ints, second: Ints, places: npt.NDArray[np.int8], bins: int) -> Counts:
    """Return how many rows fell into each bin, (symbols, buckets, F, bins), by bucket of the day's grid."""
    first = int(second.min()) // BUCKET_S
    buckets = int(second.max()) // BUCKET_S - first + 1
    features = places.shape[1]
    found = np.zeros((int(code.max()) + 1, buckets, features, bins), dtype=np.uint16)
    for symbol in range(len(found)):
        mine = code == symbol
        bucket = second[mine] // BUCKET_S - first
        for feature in range(features):
            cell = bucket * bins + places[mine, feature]
            counted = np.bincount(cell, minlength=buckets * bins)
            found[symbol, :, feature] = counted.reshape(buckets, bins)
    return found


def looks_null(counts: Counts, real: Bools) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """Return ``looks`` of each feature, and those of all together, None where the time is too short.

    ``counts`` are those of :func:`bucket_counts`, ``real`` (F, bins) the bins there are.
    """
    others = _Others(counts)
    seen = {
        key: np.stack([_of_symbol(one, others, real, key) for one in counts])
        for key in KEYS
        if key != SUSTAINED
    }
    seen[SUSTAINED] = _least(seen[HOUR])
    nulls = {key: _nulls(values) for key, values in seen.items()}
    features = [{key: _plain(nulls[key][f]) for key in KEYS} for f in range(len(real))]
    far = {key: (logarithm(seen[key]) - nulls[key][..., 0]) / nulls[key][..., 1] for key in KEYS}
    hours = {
        detector: _hours([far[key][..., DISTANCE[detector]] for key in LOOKED[detector]])
        for detector in COMPARING
    }
    if not np.isfinite(hours[PSI]).any():
        return features, None
    tails = {detector: tail_of(hours[detector]) for detector in COMPARING}
    return features, {
        "bucket_s": BUCKET_S,
        "parts": PARTS,
        "hours": int(np.isfinite(hours[PSI]).sum()),
        "independent_hours": independent(hours[PSI]),
        "tails": {detector: tail._asdict() if tail else None for detector, tail in tails.items()},
    }


class _Others:
    """Counts of the parts of the training time, all symbols together, less some of them."""

    def __init__(self, counts: Counts) -> None:
        self.part = np.arange(counts.shape[1]) * PARTS // counts.shape[1]
        total = counts.sum(axis=0, dtype=np.int64)
        self._by_part = np.stack([total[self.part == part].sum(axis=0) for part in range(PARTS)])

    def without(self, first: int, last: int) -> Ints:
        kept = [part for part in range(PARTS) if not first <= part <= last]
        return np.asarray(self._by_part[kept].sum(axis=0))


def _of_symbol(counts: Counts, others: _Others, real: Bools, key: str) -> Floats:
    """Return distances (buckets, F, 2) of the windows that end with each bucket; NaN with too few rows."""
    seconds = LENGTHS[key]
    width = seconds // BUCKET_S
    windows, before = _rolled(counts, width), None
    enough = _rows(windows) >= LEAST_SHARE * seconds
    if key == PREVIOUS:
        before = np.concatenate([np.zeros_like(windows[:width]), windows[:-width]])[: len(windows)]
        enough &= _rows(before) >= LEAST_SHARE * seconds
    found = np.full((*windows.shape[:2], 2), np.nan)
    last = others.part
    first = last[np.maximum(np.arange(len(last)) - width + 1, 0)]
    for pair in sorted(set(zip(first.tolist(), last.tolist(), strict=True))):
        at = np.flatnonzero(enough & (first == pair[0]) & (last == pair[1]))
        usual = others.without(*pair) if before is None else before[at]
        if usual.any():
            shares, expected = padded_shares(windows[at], real), padded_shares(usual, real)
            found[at] = np.stack([psi(shares, expected), ks(shares, expected)], axis=-1)
    return found


def _least(values: Floats) -> Floats:
    """Return the least distances of windows that end now and at each of the hours before."""
    found = np.full(values.shape, np.nan)
    whole = (HOURS - 1) * PER_HOUR
    apart = [values[:, whole - PER_HOUR * back : values.shape[1] - PER_HOUR * back] for back in range(HOURS)]
    if values.shape[1] > whole:
        found[:, whole:] = np.min(apart, axis=0)  # NaN where one is
    return found


def _rolled(counts: Counts, width: int) -> Ints:
    sums = np.cumsum(counts, axis=0, dtype=np.int64)
    sums[width:] -= sums[:-width].copy()
    return np.asarray(sums)


def _rows(counts: Ints) -> Ints:
    return np.asarray(counts[:, 0].sum(axis=1))


def _nulls(values: Floats) -> Floats:
    """Return centre and spread (F, 2 distances, 2) of values (symbols, buckets, F, 2); NaN without any."""
    logs = logarithm(values[np.isfinite(values[..., 0, 0])])  # (looks, F, 2)
    if not len(logs):
        return np.full((*values.shape[2:], 2), np.nan)
    centre = np.median(logs, axis=0)
    above = np.maximum(logs - centre, 0.0)
    risen = np.maximum((above > 0.0).sum(axis=0), 1)
    spread = np.sqrt((above**2).sum(axis=0) / risen)
    return np.stack([centre, np.maximum(spread, LEAST_SPREAD)], axis=-1)


def _plain(null: Floats) -> Mapping[str, Any] | None:
    if not np.isfinite(null).all():
        return None
    return {
        name: {"centre": float(one[0]), "spread": float(one[1])}
        for name, one in zip(_DISTANCES, null, strict=True)
    }


def _hours(far: list[Floats]) -> Floats:
    """Return the greatest of standardised values (symbols, buckets, F) in each hour, NaN with few looks."""
    least = np.concatenate(far, axis=-1)[:, _FIRST:]
    known: Bools = np.asarray(np.isfinite(least).any(axis=-1))
    most = np.where(
        known, np.where(np.isfinite(least), least, -np.inf).max(axis=-1, initial=-np.inf), -np.inf
    )
    hours = most.shape[1] // PER_HOUR
    shape = (len(most), hours, PER_HOUR)
    looked = known[:, : hours * PER_HOUR].reshape(shape).sum(axis=-1) >= PER_HOUR // 2
    greatest = most[:, : hours * PER_HOUR].reshape(shape).max(axis=-1, initial=-np.inf)
    return np.asarray(np.where(looked, greatest, np.nan))
