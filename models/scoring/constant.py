"""``constant-P``: a model that always says P, for drills of the gate and the kill switch."""

from __future__ import annotations

import numpy as np

from models.scoring.model import ModelRows
from models.ticks import Floats


class Constant:
    """Always the same probability, which is part of the name: ``constant-0.99``."""

    def __init__(self, probability: float) -> None:
        if not 0.0 <= probability <= 1.0:
            raise ValueError(f"a constant model needs a probability from 0 to 1, not {probability}")
        self._probability = probability
        self.name = f"constant-{probability:g}"
        self.version = f"{self.name}-1.0"

    def predict(self, rows: ModelRows) -> Floats:
        """Return the constant, shape (n,)."""
        return np.full(len(rows), self._probability)
