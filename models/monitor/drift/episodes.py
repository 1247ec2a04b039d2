"""Episodes of drift: one event when one begins or gets worse, one when it has been over for an hour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from models.monitor.drift.ladder import OK
from models.monitor.drift.looks import COMPARING, PER_HOUR
from models.ticks import Bools, Ints

QUIET = PER_HOUR
"""Looks in a row without a level that end an episode: a value that wavers about its limit is one episode."""


class Change(NamedTuple):
    """Place ``place`` of a look, detector ``detector`` (of ``COMPARING``), went from a level to another."""

    place: int
    detector: int
    before: int
    level: int


class Episodes:
    """The level of every symbol and detector, the highest of its episode; 0 is no episode."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        self._level: Ints = saved["level"].copy() if saved else np.zeros((0, len(COMPARING)), dtype=np.int64)
        self._quiet: Ints = saved["quiet"].copy() if saved else np.zeros((0, len(COMPARING)), dtype=np.int64)

    def update(self, rows: Ints, level: Ints, known: Bools) -> list[Change]:
        """Follow one look at symbols (k,): levels (k, detectors), which count only where they are known."""
        self._grow(int(rows.max(initial=-1)) + 1)
        before, quiet = self._level[rows], self._quiet[rows]
        quiet = np.where(known, np.where(level > OK, 0, quiet + 1), quiet)
        over = quiet >= QUIET
        now = np.where(known & (level > before), level, np.where(over, OK, before))
        self._level[rows], self._quiet[rows] = now, quiet
        changed = np.argwhere(now != before).tolist()
        return [Change(i, d, int(before[i, d]), int(now[i, d])) for i, d in changed]

    def open(self, count: int) -> Bools:
        """Return which of the first ``count`` symbols are in an episode."""
        self._grow(count)
        return np.asarray(np.any(self._level[:count] > OK, axis=1))

    def keep(self, kept: Bools) -> None:
        """Forget the other symbols; rows move up."""
        self._level, self._quiet = self._level[: len(kept)][kept], self._quiet[: len(kept)][kept]

    def _grow(self, count: int) -> None:
        missing = count - len(self._level)
        if missing > 0:
            blank = np.zeros((missing, len(COMPARING)), dtype=np.int64)
            self._level, self._quiet = (np.concatenate([a, blank]) for a in (self._level, self._quiet))

    def snapshot(self) -> dict[str, Any]:
        """Return the state as arrays."""
        return {"level": self._level.copy(), "quiet": self._quiet.copy()}
