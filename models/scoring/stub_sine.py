"""``stub-sine``: the model that can always answer. A slow sine of time, shifted by symbol; never an order."""

from __future__ import annotations

import math

import numpy as np

from models.scoring.model import ModelRows
from models.ticks import Floats

PERIOD_S = 600
_WAVE = np.array([0.5 + 0.1 * math.sin(2 * math.pi * s / PERIOD_S) for s in range(PERIOD_S)])


class StubSine:
    """p = 0.5 + 0.1 sin(2 pi (second + phase) / 600), from a table."""

    name = "stub-sine"
    version = "stub-sine-1.0"

    def predict(self, rows: ModelRows) -> Floats:
        """Return the wave at each row's second and symbol phase, shape (n,)."""
        return np.asarray(_WAVE[(rows.second + rows.phase) % PERIOD_S])
