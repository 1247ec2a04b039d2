"""The last hour of every symbol as counts by bin: a ring of five-minute buckets, and windows summed from it.

Two bytes a count: 7 kB a symbol for 30 features of 10 bins. The first ``WARM_UP`` buckets of a symbol's life,
in which features still look back to before its first trade, are left out as training leaves them out; a life
begins where the bucket before had no rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from models.monitor.bucket import BUCKET_S
from models.ticks import Bools, Ints

SLOTS = 12
WARM_UP = 3
"""Buckets, 900 s: more than the 720 s that the longest feature looks back."""
_NEVER = -(1 << 40)


class Windows:
    """Counts of the last ``SLOTS`` buckets by symbol; a symbol is a row, in order of first appearance."""

    def __init__(self, shape: tuple[int, int], saved: Mapping[str, Any] | None = None) -> None:
        self._row: dict[str, int] = {}
        self._ring: npt.NDArray[np.uint16] = np.zeros((0, SLOTS, *shape), dtype=np.uint16)
        self._bucket: Ints = np.zeros((0, SLOTS), dtype=np.int64)  # number of the bucket in each slot
        self._since: Ints = np.zeros(0, dtype=np.int64)  # bucket in which the symbol's life began
        if saved is not None:
            self._row = {symbol: row for row, symbol in enumerate(saved["symbols"])}
            self._ring, self._bucket = saved["ring"].copy(), saved["bucket"].copy()
            self._since = saved["since"].copy()

    @property
    def symbols(self) -> tuple[str, ...]:
        """Return the symbols by row."""
        return tuple(self._row)

    def put(self, start: int, symbols: Sequence[str], counts: Ints) -> Ints:
        """Take the bucket that began at ``start``, counts (k, F, B); return the rows (k,) of its symbols."""
        for symbol in symbols:
            self._row.setdefault(symbol, len(self._row))
        self._grow(len(self._row) - len(self._ring))
        rows = np.array([self._row[symbol] for symbol in symbols], dtype=np.int64)
        number = start // BUCKET_S
        begins = self._bucket[rows, (number - 1) % SLOTS] != number - 1
        self._since[rows] = np.where(begins, number, self._since[rows])
        warm = number - self._since[rows] >= WARM_UP
        self._ring[rows, number % SLOTS] = counts * warm[:, None, None]
        self._bucket[rows, number % SLOTS] = number
        return rows

    def _grow(self, missing: int) -> None:
        if missing > 0:
            ring = np.zeros((missing, *self._ring.shape[1:]), dtype=np.uint16)
            self._ring = np.concatenate([self._ring, ring])
            self._bucket = np.concatenate([self._bucket, np.full((missing, SLOTS), _NEVER)])
            self._since = np.concatenate([self._since, np.zeros(missing, dtype=np.int64)])

    def sums(self, start: int, rows: Ints, seconds: int, back: int = 0) -> Ints:
        """Return counts (k, F, B) of the ``seconds`` that end ``back`` s before the bucket's end."""
        last = start // BUCKET_S - back // BUCKET_S
        numbers = self._bucket[rows]
        wanted = (numbers <= last) & (numbers > last - seconds // BUCKET_S)
        slots = (last - np.arange(seconds // BUCKET_S)) % SLOTS
        found = self._ring[rows[:, None], slots] * wanted[:, slots, None, None]
        return np.asarray(found.sum(axis=1, dtype=np.int64))

    def silent(self, start: int) -> Bools:
        """Return which symbols have nothing left of the hour up to the bucket that began at ``start``."""
        return np.asarray(self._bucket.max(axis=1, initial=_NEVER) <= start // BUCKET_S - SLOTS)

    def keep(self, kept: Bools) -> None:
        """Forget the other symbols; rows move up."""
        self._row = {symbol: row for row, symbol in enumerate(np.array(self.symbols, dtype=object)[kept])}
        self._ring, self._bucket, self._since = self._ring[kept], self._bucket[kept], self._since[kept]

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data and arrays."""
        return {
            "symbols": list(self._row),
            "ring": self._ring.copy(),
            "bucket": self._bucket.copy(),
            "since": self._since.copy(),
        }
