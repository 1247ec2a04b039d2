"""How soon a shift is found: by the monitor, and by a batch test of the same windows at the same limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.alarms.batch import batch_delay
from flows.alarms.history import History
from flows.alarms.shifts import Shift
from flows.alarms.watching import watched
from models.monitor.bucket import BUCKET_S
from models.monitor.drift.declared import Declared
from models.monitor.drift.drift import Drift
from models.monitor.drift.limits import Limits
from models.ticks import Floats, Ints

BEFORE_S = 6_300
"""What the monitor sees before a shift: its windows and its warm-up."""
LONGEST_S = 6 * 3_600
"""How long the batch test looks for a shift; the monitor has twice as long, so that none ends too early."""


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds until a shift was found, None where it was not; skipped where an alarm was on already."""

    monitor: int | None
    batch: int | None
    skipped: bool = False


class Finder:
    """Looks for shifts in the rest of a history."""

    def __init__(self, history: History, declared: Declared) -> None:
        self._history = history
        self._declared = declared
        self._limits: Limits = history.limits(declared)
        self._of_symbol = [np.flatnonzero(history.rest.code == s) for s in range(len(history.symbols))]

    def delays(self, shift: Shift) -> Delays:
        """Return how long both took."""
        history = self._history
        begin = max((shift.at - BEFORE_S) // BUCKET_S * BUCKET_S, history.first)
        half = min(LONGEST_S, (history.first + history.seconds - shift.at) // 2)
        end = shift.at + 2 * half
        batch: int | None = None
        counts = []
        for symbol in shift.symbols:
            second, x = self._shifted(shift, symbol, begin, end)
            counts.append(self._counts(shift, symbol, begin, end, second, x))
            for column, feature in enumerate(shift.features):
                found = batch_delay(
                    history.reference, self._limits, feature, second, x[:, column], shift.at, shift.at + half
                )
                batch = min((one for one in (batch, found) if one is not None), default=None)
        names = [history.symbols[symbol] for symbol in shift.symbols]
        drift = Drift(history.reference, self._declared, history.horizon_s)
        on: set[tuple[str | None, str]] = set()
        for event in watched(drift, begin, names, np.stack(counts)):
            if event.end > shift.at:
                if on:
                    break
                return Delays(event.end - shift.at, batch)
            (on.add if event.kind == "crossed" else on.discard)((event.symbol, event.detector))
        return Delays(None, batch, skipped=bool(on))

    def _shifted(self, shift: Shift, symbol: int, begin: int, end: int) -> tuple[Ints, Floats]:
        """Return a symbol's seconds and its shifted columns in a stretch."""
        rest, mine = self._history.rest, self._of_symbol[symbol]
        low, high = np.searchsorted(rest.second[mine], (begin, end))
        mine = mine[low:high]
        second = rest.second[mine]
        x = rest.x[np.ix_(mine, self._history.reference.columns[list(shift.features)])]
        return second, np.where((second >= shift.at)[:, None], x * shift.factor, x)

    def _counts(self, shift: Shift, symbol: int, begin: int, end: int, second: Ints, x: Floats) -> Ints:
        history, bins = self._history, self._history.reference
        low, high = (begin - history.first) // BUCKET_S, (end - history.first) // BUCKET_S
        counts = history.counts[symbol, low:high].astype(np.int64)
        bucket = (second - begin) // BUCKET_S
        whole = bucket < high - low
        for column, feature in enumerate(shift.features):
            places = np.searchsorted(bins.edges[feature], x[:, column], side="right")
            cell = (bucket * bins.shape[1] + places)[whole]
            found = np.bincount(cell, minlength=(high - low) * bins.shape[1])
            counts[:, feature] = found.reshape(high - low, bins.shape[1])
        return counts
