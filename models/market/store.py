"""Per-symbol state as rows of growable arrays: row ``code`` of every column belongs to one symbol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Column(NamedTuple):
    """Type, width (0 = a scalar per symbol) and initial value of a column."""

    dtype: str
    width: int
    fill: float


class SymbolRows:
    """A struct of arrays over symbols; ``rows["name"][code]`` is a symbol's value."""

    def __init__(self, columns: Mapping[str, Column], saved: Mapping[str, Array] | None = None) -> None:
        self._columns = dict(columns)
        self._arrays = {name: self._blank(column, 0) for name, column in self._columns.items()}
        if saved is not None:
            self._restore(saved)

    def __getitem__(self, name: str) -> Array:
        return self._arrays[name]

    def __len__(self) -> int:
        return len(next(iter(self._arrays.values())))

    def ensure(self, count: int) -> None:
        """Grow to at least ``count`` symbols."""
        missing = count - len(self)
        if missing > 0:
            grow = max(missing, len(self), 8)
            for name, column in self._columns.items():
                self._arrays[name] = np.concatenate([self._arrays[name], self._blank(column, grow)])

    def reset(self, codes: npt.NDArray[np.int64], names: Iterable[str]) -> None:
        """Set these columns of these symbols back to their initial values."""
        for name in names:
            self._arrays[name][codes] = self._columns[name].fill

    def snapshot(self, count: int) -> dict[str, Array]:
        """Return copies of the first ``count`` rows of every column."""
        return {name: array[:count].copy() for name, array in self._arrays.items()}

    def _restore(self, saved: Mapping[str, Array]) -> None:
        self.ensure(len(next(iter(saved.values()))))
        for name in self._columns:
            self._arrays[name][: len(saved[name])] = saved[name]

    @staticmethod
    def _blank(column: Column, count: int) -> Array:
        shape = (count, column.width) if column.width else (count,)
        return np.full(shape, column.fill, dtype=column.dtype)
