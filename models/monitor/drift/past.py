"""The PSI of a symbol's last hours, look by look, so that what lasts can be told from what came once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from models.monitor.bucket import BUCKET_S
from models.monitor.drift.looks import HOURS, PER_HOUR
from models.ticks import Bools, Floats, Ints

_LOOKS = (HOURS - 1) * PER_HOUR + 1
_NEVER = -(1 << 40)


class Past:
    """PSI (symbols, looks, F) of the last hour at each look of the last hours, as float32: 3 kB a symbol."""

    def __init__(self, features: int, saved: Mapping[str, Any] | None = None) -> None:
        self._psi: npt.NDArray[np.float32] = np.zeros((0, _LOOKS, features), dtype=np.float32)
        self._bucket: Ints = np.zeros((0, _LOOKS), dtype=np.int64)
        if saved is not None:
            self._psi, self._bucket = saved["psi"].copy(), saved["bucket"].copy()

    def least(self, start: int, rows: Ints, psi: Floats) -> Floats:
        """Take the look of the bucket that began at ``start``, PSI (k, F), NaN where there were too few rows.

        Return the least of the looks now and at each of the hours before, NaN where one is missing.
        """
        self._grow(int(rows.max()) + 1)
        number = start // BUCKET_S
        self._psi[rows, number % _LOOKS], self._bucket[rows, number % _LOOKS] = psi, number
        wanted = number - PER_HOUR * np.arange(HOURS)
        there = self._bucket[rows[:, None], wanted % _LOOKS] == wanted
        found = self._psi[rows[:, None], wanted % _LOOKS].astype(np.float64)
        return np.asarray(np.where(there[:, :, None], found, np.nan).min(axis=1))

    def keep(self, kept: Bools) -> None:
        """Forget the other symbols; rows move up."""
        self._psi, self._bucket = self._psi[: len(kept)][kept], self._bucket[: len(kept)][kept]

    def _grow(self, count: int) -> None:
        missing = count - len(self._psi)
        if missing > 0:
            blank = np.zeros((missing, *self._psi.shape[1:]), dtype=np.float32)
            self._psi = np.concatenate([self._psi, blank])
            self._bucket = np.concatenate([self._bucket, np.full((missing, _LOOKS), _NEVER)])

    def snapshot(self) -> dict[str, Any]:
        """Return the state as arrays."""
        return {"psi": self._psi.copy(), "bucket": self._bucket.copy()}
