"""Inflated probabilities: when ADWIN sees them, and a batch test with its bound that knows the moment."""

from __future__ import annotations

import math

import numpy as np

from flows.alarms.finding import Delays
from flows.alarms.history import Residue
from flows.alarms.shifts import INFLATED
from models.monitor.drift.residuals import Residuals
from models.ticks import Floats


def delays(residue: Residue, at: int, delta: float) -> Delays:
    """Return the seconds until residuals that are too high from second ``at`` on were found so."""
    after = residue.second >= at
    value = np.where(after, np.minimum(residue.value + INFLATED, 1.0), residue.value)
    watch = Residuals(delta)
    batch = _batch(residue, value, at, delta, (at + int(residue.second[-1])) // 2)
    for second, residual in zip(residue.second.tolist(), value.tolist(), strict=True):
        shift = watch.update(residual)
        if second < at:
            continue
        if watch.open and shift is None:
            return Delays(None, None, skipped=True)
        if shift is not None and not shift.over:
            return Delays(second - at, batch)
    return Delays(None, batch)


def _batch(residue: Residue, value: Floats, at: int, delta: float, last: int) -> int | None:
    """Return the delay, until ``last``, of the cut at ``at`` by ADWIN's bound (theorem 3.1 of its paper)."""
    halved = (value + 1.0) / 2.0
    cut, stop = np.searchsorted(residue.second, (at, last)).tolist()
    for end in range(cut + 1, stop + 1):
        before, after = halved[:cut], halved[cut:end]
        if not len(before):
            return None
        size = 1.0 / (1.0 / len(before) + 1.0 / len(after))
        confidence = math.log(2.0 * math.log(end) / delta)
        bound = (
            math.sqrt(2.0 / size * float(halved[:end].var()) * confidence) + 2.0 / (3.0 * size) * confidence
        )
        if abs(float(after.mean() - before.mean())) > bound:
            return int(residue.second[end - 1]) - at
    return None
