"""One look at k symbols: all windows counted, measured, and judged by limits and ladder."""

from __future__ import annotations

import numpy as np

from models.monitor.drift.distance import ks, padded_shares, psi
from models.monitor.drift.ladder import ALERT, OK, WATCH, Ladder
from models.monitor.drift.limits import Limits
from models.monitor.drift.looks import (
    AGAINST,
    COMPARING,
    DISTANCE,
    HOUR,
    LEAST_SHARE,
    LOOKED,
    PREVIOUS,
    PREVIOUS_S,
    SUSTAINED,
    WINDOWS_S,
)
from models.monitor.drift.past import Past
from models.monitor.drift.reference import DriftReference
from models.monitor.drift.seen import Look, Seen
from models.monitor.drift.windows import Windows
from models.ticks import Floats, Ints


def look(
    reference: DriftReference,
    limits: Limits,
    ladder: Ladder,
    windows: Windows,
    past: Past,
    start: int,
    rows: Ints,
) -> Look:
    """Return the look at the end of the bucket that began at ``start``, at the symbols in these rows."""
    found: dict[str, Seen] = {}
    for key, seconds in zip(AGAINST, WINDOWS_S, strict=True):
        counts = windows.sums(start, rows, seconds)
        found[key] = _seen(reference, limits, ladder, key, counts, None, seconds)
    now = windows.sums(start, rows, PREVIOUS_S)
    before = windows.sums(start, rows, PREVIOUS_S, back=PREVIOUS_S)
    found[PREVIOUS] = _seen(reference, limits, ladder, PREVIOUS, now, before, PREVIOUS_S)
    found[SUSTAINED] = _sustained(
        limits, ladder, found[HOUR], past.least(start, rows, found[HOUR].distances[0])
    )
    level = [
        np.maximum.reduce([found[key].levels[DISTANCE[detector]].max(axis=1) for key in LOOKED[detector]])
        for detector in COMPARING
    ]
    known = [np.logical_or.reduce([found[key].enough for key in LOOKED[detector]]) for detector in COMPARING]
    return Look(found, limits, np.stack(level, axis=1), np.stack(known, axis=1))


def _sustained(limits: Limits, ladder: Ladder, hour: Seen, least: Floats) -> Seen:
    """Return the least PSI (k, F) of the last hours as a window; KS is not looked at."""
    level = np.where(least >= limits.at[SUSTAINED].psi, ladder.levels(least), OK)
    enough = np.asarray(np.isfinite(least).any(axis=1))
    return Seen(hour.rows, enough, (least, np.full_like(least, np.nan)), (level, np.zeros_like(level)))


def _seen(
    reference: DriftReference,
    limits: Limits,
    ladder: Ladder,
    key: str,
    counts: Ints,
    before: Ints | None,
    seconds: int,
) -> Seen:
    n = _rows(counts)
    enough = n >= LEAST_SHARE * seconds
    expected = reference.expected
    if before is not None:
        enough = enough & (_rows(before) >= LEAST_SHARE * seconds)
        expected = padded_shares(before, reference.real)
    shares = padded_shares(counts, reference.real)
    with np.errstate(invalid="ignore"):
        distances = tuple(
            np.where(enough[:, None], distance(shares, expected), np.nan) for distance in (psi, ks)
        )
    limit = limits.at[key]
    by_psi = np.where(distances[0] >= limit.psi, ladder.levels(distances[0]), OK)
    if before is not None:  # a jump within training's range is no reason to stop
        by_psi = np.minimum(by_psi, ALERT)
    by_ks = np.where(distances[1] >= limit.ks, WATCH, OK)
    return Seen(n, enough, (distances[0], distances[1]), (by_psi, by_ks))


def _rows(counts: Ints) -> Ints:
    """Return the rows of windows (k, F, B): of the feature that has most finite values."""
    return np.asarray(counts.sum(axis=2).max(axis=1, initial=0))
