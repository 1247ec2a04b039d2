"""The greatest distances of a day, by symbol and feature, and how many events there were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from models.monitor.drift.findings import Maxima
from models.ticks import Floats, Ints

DAY_S = 86_400


class Day:
    """Maxima (symbols, F, 2) of PSI and KS against training; NaN where no look had enough data."""

    def __init__(self, features: int, saved: Mapping[str, Any] | None = None) -> None:
        self._blank: Floats = np.full((0, features, 2), np.nan)
        self.number: int | None = saved["number"] if saved else None  # days since the epoch
        self._most: Floats = saved["most"].copy() if saved else self._blank
        self._events: Ints = saved["events"].copy() if saved else np.zeros(0, dtype=np.int64)

    def add(self, start: int, rows: Ints, greatest: Floats, crossed: Sequence[int]) -> None:
        """Take distances (k, F, 2) of symbols (k,), and the place of one for each event it had."""
        if self.number is None:
            self.number = start // DAY_S
        self._grow(int(rows.max()) + 1)
        self._most[rows] = np.fmax(self._most[rows], greatest)
        np.add.at(self._events, rows[np.array(crossed, dtype=np.int64)], 1)

    def end(self, names: Sequence[str]) -> Iterator[tuple[int, dict[str, Maxima], int]]:
        """Return (row, maxima by feature, events) of every symbol that was looked at, and begin anew."""
        most, events = self._most, self._events
        self.number, self._most, self._events = None, self._blank, np.zeros(0, dtype=np.int64)
        for row in np.flatnonzero(np.isfinite(most).any(axis=(1, 2))).tolist():
            pairs = zip(names, most[row].tolist(), strict=True)
            yield row, {name: Maxima(*values) for name, values in pairs}, int(events[row])

    def _grow(self, count: int) -> None:
        missing = count - len(self._most)
        if missing > 0:
            self._most = np.concatenate([self._most, np.full((missing, *self._blank.shape[1:]), np.nan)])
            self._events = np.concatenate([self._events, np.zeros(missing, dtype=np.int64)])

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data and arrays."""
        return {"number": self.number, "most": self._most.copy(), "events": self._events.copy()}
