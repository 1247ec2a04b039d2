"""Deviations of feature values, summed up column by column.

SMAPE is the symmetric mean absolute percentage error, the mean of 100 * 2 * abs(a - b) / (abs(a) + abs(b)),
0 where both are 0; it lies between 0 and 200 (S. Makridakis, Accuracy measures: theoretical and practical
concerns, International Journal of Forecasting 9, 1993). A value that is not finite on one side alone counts
200.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from models.ticks import Bools, Floats


class Figure(NamedTuple):
    """One feature: values that differ at all, SMAPE in percent, largest difference; null without rows."""

    name: str
    mismatch: int
    smape: float | None
    largest: float | None


class Figures:
    """Takes pairs of rows, (n, features) on each side."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self.rows = 0
        self._mismatch = np.zeros(len(self._names), dtype=np.int64)
        self._smape = np.zeros(len(self._names))
        self._largest = np.zeros(len(self._names))

    def update(self, live: Floats, offline: Floats) -> Bools:
        """Add rows; return which of them differ anywhere."""
        same = (live == offline) | (np.isnan(live) & np.isnan(offline))
        with np.errstate(invalid="ignore", over="ignore"):
            apart = np.where(same, 0.0, np.abs(live - offline))
            terms = 2.0 * apart / (np.abs(live) + np.abs(offline))
        terms = np.where(same, 0.0, np.where(np.isfinite(terms), terms, 2.0))
        self.rows += len(live)
        self._mismatch += np.count_nonzero(~same, axis=0)
        self._smape += terms.sum(axis=0)
        self._largest = np.maximum(
            self._largest, np.where(np.isnan(apart), np.inf, apart).max(axis=0, initial=0.0)
        )
        differ: Bools = ~same.all(axis=1)
        return differ

    def figures(self) -> tuple[Figure, ...]:
        """Return the figures of every feature."""
        if not self.rows:
            return tuple(Figure(name, 0, None, None) for name in self._names)
        smape = (100.0 * self._smape / self.rows).tolist()
        columns = zip(self._names, self._mismatch.tolist(), smape, self._largest.tolist(), strict=True)
        return tuple(Figure(*column) for column in columns)
