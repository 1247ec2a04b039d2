"""A trained model of the tests: always the same answer, but where it fails; its training is made up."""

from __future__ import annotations

import numpy as np
from drift.drift_cases import trained

from models.scoring.constant import Constant
from models.scoring.model import ModelRows
from models.ticks import Floats

NAME = f"watched@{'ab' * 32}"


class WatchedModel(Constant):
    """Has no answer at some seconds."""

    policy = (0.55, 0.45)

    def __init__(self, p: float = 0.7, failing: range = range(0)) -> None:
        super().__init__(p)
        self.name, self.version = "watched", "watched-20261121T000000Z-00000000"
        self.drift = trained()
        self._failing = failing

    def predict(self, rows: ModelRows) -> Floats:
        """Return the answer, NaN while it fails."""
        failing = (rows.second >= self._failing.start) & (rows.second < self._failing.stop)
        return np.where(failing, np.nan, super().predict(rows))
