"""Feature rows of one shard in the order of their time, as far as none can come in between any more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.market.block import Block
from models.market.schema import NAMES
from models.ticks import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class FeatureRows:
    """Rows ordered by (second, code); parallel columns."""

    code: Ints
    second: Ints  # the closed second; the window ends one second later
    price: Floats
    x: Floats  # (n, columns of schema.NAMES)

    def __len__(self) -> int:
        return len(self.code)

    def where(self, places: Bools | Ints) -> FeatureRows:
        """Return the rows at ``places``, an index or a mask."""
        return FeatureRows(self.code[places], self.second[places], self.price[places], self.x[places])


class Ordering:
    """Takes blocks as they are released, in which an idle symbol lags, and hands rows on in order of time."""

    def __init__(self) -> None:
        nothing = np.empty(0, dtype=np.int64)
        self._left = FeatureRows(nothing, nothing, np.empty(0), np.empty((0, len(NAMES))))
        self._blocks: list[Block] = []
        self.waiting = 0

    def put(self, block: Block) -> None:
        """Add the rows of a block."""
        self._blocks.append(block)
        self.waiting += len(block)

    def take(self, closed: int | None = None) -> FeatureRows:
        """Return the rows of all seconds below ``closed``, to which every symbol is closed; None: all."""
        parts = [self._left, *self._blocks]
        rows = FeatureRows(*(np.concatenate([getattr(p, c) for p in parts]) for c in FeatureRows.__slots__))
        rows = rows.where(np.lexsort((rows.code, rows.second)))
        count = len(rows) if closed is None else int(np.searchsorted(rows.second, closed))
        self._left, self._blocks = rows.where(np.arange(count, len(rows))), []
        self.waiting = len(self._left)
        return rows.where(np.arange(count))
