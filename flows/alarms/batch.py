"""The test that the monitor is measured by: rows counted anew, as a job every 15 minutes would."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.monitor.drift.ladder import Ladder
from models.monitor.drift.limits import Limits
from models.monitor.drift.looks import HOUR, HOURS, LEAST_SHARE, SUSTAINED, WINDOWS_S
from models.monitor.drift.reference import DriftReference
from models.ticks import Floats, Ints

EVERY_S = 900
_BACK = 3_600 // EVERY_S


def batch_delay(
    reference: DriftReference, limits: Limits, feature: int, second: Ints, values: Floats, at: int, end: int
) -> int | None:
    """Return the seconds from ``at`` until a symbol's values of a feature pass limit and ladder, or None.

    ``second`` rises and begins well before ``at``.
    """
    looks = np.arange(at - (HOURS - 1) * 3_600 + EVERY_S, end + 1, EVERY_S)
    found = dict(_distances(reference, feature, second, values, looks))
    hour = found[HOUR]
    before = [np.concatenate([np.zeros(_BACK * h), hour[: len(hour) - _BACK * h]]) for h in range(HOURS)]
    found[SUSTAINED] = np.min(before, axis=0)
    passed = np.zeros(len(looks), dtype=bool)
    for key, psi in found.items():
        passed |= (psi >= limits.at[key].psi[feature]) & (psi >= Ladder().watch)
    late = looks[passed & (looks > at)]
    return int(late[0]) - at if len(late) else None


def _distances(
    reference: DriftReference, feature: int, second: Ints, values: Floats, looks: Ints
) -> Iterator[tuple[str, Floats]]:
    """Yield the PSI of each window against training, 0 with too few rows."""
    bins = int(reference.real[feature].sum())
    places = np.searchsorted(reference.edges[feature, : bins - 1], values, side="right")
    running = np.concatenate([np.zeros((1, bins)), np.cumsum(places[:, None] == np.arange(bins), axis=0)])
    usual = reference.expected[feature, :bins]
    for length in WINDOWS_S:
        start, stop = np.searchsorted(second, looks - length), np.searchsorted(second, looks)
        rows = stop - start
        shares = (running[stop] - running[start] + 0.5) / (rows[:, None] + 0.5 * bins)
        psi = ((shares - usual) * np.log(shares / usual)).sum(axis=1)
        yield str(length), np.where(rows >= LEAST_SHARE * length, psi, 0.0)
