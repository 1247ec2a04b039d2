"""The blocks of event time in which pairs are summed up: kept for eleven days, read up to a second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.shadow.sums import BLOCK_S, ONE, PLACE, WIDTH, bins_of
from models.ticks import Floats, Ints

KEPT = 11 * 86_400 // BLOCK_S
"""A marathon of 72 h, and the seven days for which what it promoted is watched, with a day to spare."""

_BITS = PLACE["horizons"]


@dataclass(frozen=True, slots=True)
class Blocks:
    """Sums of whole blocks, in the order of time; ``first`` (m,) is the number of each, second // BLOCK_S."""

    first: Ints
    table: Ints  # (m, WIDTH)
    horizon_s: int = 60

    def __len__(self) -> int:
        """Return the number of blocks."""
        return len(self.first)

    def until(self, second: int) -> Blocks:
        """Return the blocks that have ended by a second: no later row can change them."""
        m = int(np.searchsorted(self.first, second // BLOCK_S))
        return Blocks(self.first[:m], self.table[:m], self.horizon_s)

    def since(self, second: int) -> Blocks:
        """Return the blocks that begin at a second or later."""
        m = int(np.searchsorted(self.first, -(-second // BLOCK_S)))
        return Blocks(self.first[m:], self.table[m:], self.horizon_s)

    def counted(self, name: str) -> Ints:
        """Return a column of counts by block, (m,)."""
        return self.table[:, PLACE[name]]

    def summed(self, name: str) -> Floats:
        """Return a column of losses, bets or stakes by block, (m,)."""
        return self.table[:, PLACE[name]] / ONE

    def bins(self, arm: str, what: str) -> Floats:
        """Return the sums of an arm's reliability bins by block, (m, BINS): ``n``, ``prob`` or ``up``."""
        sums = self.table[:, bins_of(arm, what)]
        return sums / ONE if what == "prob" else sums.astype(np.float64)

    @property
    def horizons(self) -> int:
        """Return how many pieces of a horizon's length had a pair; symbols at one time count once.

        That many outcomes of one symbol share no second, and symbols are taken to move as one: so it is at
        most the number of independent outcomes, never more.
        """
        return int(self.horizons_each.sum())

    @property
    def horizons_each(self) -> Ints:
        """Return the same by block, (m,)."""
        bits = self.counted("horizons")[:, None] >> np.arange(BLOCK_S // self.horizon_s)
        return np.asarray((bits & 1).sum(axis=1))


class Kept:
    """Blocks as they fill, in any order; those over ``KEPT`` blocks behind the newest are dropped."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        self._first: int = saved["first"] if saved else 0
        self._table: Ints = saved["table"].copy() if saved else np.zeros((0, WIDTH), dtype=np.int64)

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {"first": self._first, "table": self._table.copy()}

    def add(self, first: int, sums: Ints) -> None:
        """Add the sums (m, WIDTH) of blocks from number ``first`` on."""
        if not len(sums):
            return
        begin = min(first, self._first) if len(self._table) else first
        end = max(first + len(sums), self._first + len(self._table))
        if begin < self._first or end > self._first + len(self._table):
            self._resize(max(begin, end - KEPT), end)
        late = max(0, self._first - first)  # too old to be kept
        if late < len(sums):
            part = self._table[first + late - self._first :][: len(sums) - late]
            seen = part[:, _BITS] | sums[late:, _BITS]
            part += sums[late:]
            part[:, _BITS] = seen

    def blocks(self, horizon_s: int = 60) -> Blocks:
        """Return all blocks, the one still filling among them, of pairs with this horizon."""
        return Blocks(np.arange(self._first, self._first + len(self._table)), self._table, horizon_s)

    def _resize(self, begin: int, end: int) -> None:
        table = np.zeros((end - begin, WIDTH), dtype=np.int64)
        old = self._table[max(0, begin - self._first) :]
        if len(old):
            table[max(self._first, begin) - begin :][: len(old)] = old
        self._first, self._table = begin, table
