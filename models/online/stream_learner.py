"""A shard's learner: asked at every row, taught when the row's outcome has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from models.market.block import DOWN, UP, Block
from models.market.schema import NAMES, TRAINED
from models.online.river_logistic import RiverLogistic
from models.ticks import Floats, Ints

_COLUMNS = [NAMES.index(name) for name in TRAINED]


class StreamLearner:
    """Walks rows in the order in which they closed; equal rows give equal bits however they are cut.

    Keeps the features of the last horizon by symbol: 8 bytes x horizon x (features + 1) each. A row that was
    asked longer ago, since nobody asked the learner meanwhile, meets no outcome.
    """

    def __init__(self, horizon_s: int, saved: Mapping[str, Any] | None = None) -> None:
        self._horizon = horizon_s
        self._learner = RiverLogistic(saved["learner"] if saved else None)
        self._asked: Floats = np.full((0, horizon_s, len(TRAINED)), np.nan)
        self._second: Ints = np.zeros((0, horizon_s), dtype=np.int64)  # of the row that each place keeps
        if saved is not None:
            self._asked, self._second = saved["asked"].copy(), saved["second"].copy()

    def step(self, block: Block) -> Floats:
        """Return P(up) of every row, shape (n,); NaN where a feature is not finite.

        Before a row is answered, the outcome that came with it is learnt: that of its symbol's row one
        horizon earlier.
        """
        if not len(block):
            return np.empty(0)
        self._grow(int(block.code.max()) + 1)
        x = block.x[:, _COLUMNS]
        finite: list[bool] = np.asarray(np.isfinite(x).all(axis=1)).tolist()
        rows = zip(block.code.tolist(), block.second.tolist(), block.outcome.tolist(), strict=True)
        answers = np.full(len(block), np.nan)
        for row, (code, second, outcome) in enumerate(rows):
            place = code, second % self._horizon
            if outcome in (UP, DOWN) and self._second[place] == second - self._horizon:
                self._learn(self._asked[place], outcome == UP)
            self._asked[place], self._second[place] = x[row], second
            if finite[row]:
                answers[row] = self._learner.predict_one(_named(x[row]))
        return answers

    def _learn(self, asked: Floats, up: bool) -> None:
        if np.isfinite(asked).all():
            self._learner.learn_one(_named(asked), up)

    def _grow(self, count: int) -> None:
        missing = count - len(self._asked)
        if missing > 0:
            more = max(missing, len(self._asked))
            blank = np.full((more, self._horizon, len(TRAINED)), np.nan)
            self._asked = np.concatenate([self._asked, blank])
            self._second = np.concatenate([self._second, np.zeros((more, self._horizon), dtype=np.int64)])

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data and an array."""
        return {
            "learner": self._learner.snapshot(),
            "asked": self._asked.copy(),
            "second": self._second.copy(),
        }


def _named(x: Floats) -> dict[str, float]:
    return dict(zip(TRAINED, x.tolist(), strict=True))
