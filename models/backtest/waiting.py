"""Decided rows brought into the order of time: an idle symbol's rows are released behind a busy one's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from models.backtest.decided import Decided, joined, nothing, of_columns


class Waiting:
    """Rows as they are released go in; those that none can come before any more come out."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        self._left = of_columns(saved) if saved else nothing()
        self._new: list[Decided] = []
        self.count = len(self._left)

    def put(self, rows: Decided) -> None:
        """Add rows in any order."""
        self._new.append(rows)
        self.count += len(rows)

    def take(self, closed: int | None) -> Decided:
        """Return the rows of all seconds below ``closed``, to which every symbol is closed; None: all."""
        rows = joined([self._left, *self._new])
        rows = rows.where(np.lexsort((rows.code, rows.second)))
        count = len(rows) if closed is None else int(np.searchsorted(rows.second, closed))
        self._left, self._new = rows.where(slice(count, None)), []
        self.count = len(self._left)
        return rows.where(slice(count))

    def snapshot(self) -> dict[str, Any]:
        """Return the rows that wait, as plain data and arrays."""
        return {name: column.copy() for name, column in joined([self._left, *self._new]).columns().items()}
