"""Predictions meet their outcomes one horizon later, and are counted."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.market.block import DOWN, STALE, TIE, UP, Block
from models.ticks import Floats

COUNTED = ("matured", "hits", "ties", "stale")


class Outcomes:
    """The scores of the last horizon by symbol, and counts of what became of them."""

    def __init__(self, horizon: int, saved: dict[str, Any] | None = None) -> None:
        self._horizon = horizon
        self._prob: Floats = saved["prob"].copy() if saved else np.full((0, horizon), np.nan)
        self.counts: dict[str, int] = dict(saved["counts"]) if saved else dict.fromkeys(COUNTED, 0)

    def update(self, block: Block, prob: Floats) -> None:
        """Match the outcomes in a block with the scores of one horizon before, and keep its own scores."""
        if not len(block):
            return
        self._grow(int(block.code.max()) + 1)
        turn = (block.second - block.second.min()) // self._horizon
        for t in np.unique(turn):  # within one turn no slot is used twice
            rows = np.flatnonzero(turn == t)
            code, slot = block.code[rows], block.second[rows] % self._horizon
            self._count(block.outcome[rows], self._prob[code, slot])
            self._prob[code, slot] = prob[rows]

    def _count(self, outcome: Any, said: Floats) -> None:
        up, down = outcome == UP, outcome == DOWN
        self.counts["matured"] += int((up | down).sum())
        self.counts["hits"] += int((up & (said >= 0.5)).sum() + (down & (said < 0.5)).sum())
        self.counts["ties"] += int((outcome == TIE).sum())
        self.counts["stale"] += int((outcome == STALE).sum())

    def _grow(self, count: int) -> None:
        missing = count - len(self._prob)
        if missing > 0:
            more = np.full((max(missing, len(self._prob)), self._horizon), np.nan)
            self._prob = np.concatenate([self._prob, more])

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {"prob": self._prob.copy(), "counts": dict(self.counts)}
