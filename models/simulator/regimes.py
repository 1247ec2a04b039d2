"""The hidden states of a simulated market: quantities that hold for a while and are then drawn anew."""

from __future__ import annotations

import math

import numpy as np

from models.ticks import Floats, Ints


class Regime:
    """One independent piecewise constant value per symbol on the grid of steps.

    Each step redraws it with probability 1 - exp(-step / mean hold), from ``values`` with ``weights``, so
    the stationary distribution is exactly the weights and the autocorrelation is exp(-time / mean hold).
    """

    def __init__(
        self,
        rng: np.random.Generator,
        symbols: int,
        *,
        values: tuple[float, ...],
        weights: tuple[float, ...],
        hold_steps: float,
    ) -> None:
        self._rng = rng
        self._values = np.array(values)
        self._weights = np.array(weights) / sum(weights)
        self._redraw = -math.expm1(-1.0 / hold_steps)
        self._last = self._draw((symbols, 1))[:, 0]

    def step(self, steps: int) -> Floats:
        """Return the values of the next ``steps`` steps, shape (symbols, steps)."""
        shape = (len(self._last), steps)
        fresh = self._draw(shape)
        redrawn = self._rng.random(shape) < self._redraw
        source = np.maximum.accumulate(np.where(redrawn, np.arange(steps, dtype=np.int64), -1), axis=1)
        out = np.take_along_axis(fresh, np.maximum(source, 0), axis=1)
        out = np.where(source < 0, self._last[:, None], out)
        self._last = out[:, -1]
        return out

    def _draw(self, shape: tuple[int, int]) -> Floats:
        chosen: Ints = self._rng.choice(len(self._values), size=shape, p=self._weights)
        return self._values[chosen]
