"""Edge-triggered events: one when an episode begins or changes its level, one when it ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.ticks import Ints


class Change(NamedTuple):
    """Row ``row`` of a block brought its symbol from level ``before`` to ``level``."""

    row: int
    before: int
    level: int


class Episodes:
    """The level of every symbol, 0 = no episode."""

    def __init__(self, saved: Ints | None = None) -> None:
        self._level: Ints = np.empty(0, dtype=np.int64) if saved is None else saved.copy()

    def update(self, code: Ints, level: Ints) -> list[Change]:
        """Follow levels row by row and return the changes, in row order.

        ``code`` and ``level`` have one entry a row; the rows of a symbol are in time order.
        """
        self._grow(int(code.max()) + 1 if len(code) else 0)
        order = np.argsort(code, kind="stable")
        sorted_code, now = code[order], level[order]
        first = np.diff(sorted_code, prepend=-1) != 0
        before = np.where(first, self._level[sorted_code], np.roll(now, 1))
        last = np.append(first[1:], True) if len(code) else first
        self._level[sorted_code[last]] = now[last]
        changed = np.flatnonzero(before != now)
        found = zip(order[changed].tolist(), before[changed].tolist(), now[changed].tolist(), strict=True)
        return sorted(Change(*entry) for entry in found)

    def end(self, code: int) -> int:
        """Reset a symbol and return the level it had."""
        self._grow(code + 1)
        before, self._level[code] = int(self._level[code]), 0
        return before

    def _grow(self, count: int) -> None:
        missing = count - len(self._level)
        if missing > 0:
            more = np.zeros(max(missing, len(self._level)), dtype=np.int64)
            self._level = np.concatenate([self._level, more])

    def snapshot(self) -> Ints:
        """Return the levels by symbol code."""
        return self._level.copy()
