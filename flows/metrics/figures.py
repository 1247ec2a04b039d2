"""What the part of a process that is a shard has seen since the process began, for metrics alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from connectors.metrics.edges import LATENCY_MS, MODEL_S
from models.inputs import TickBatch
from models.ticks import Floats

_MS = 1e6
_NS = 1e9


class Buckets:
    """Counts of values by bucket, the last above all bounds, and their sum; one below 0 counts as 0."""

    def __init__(self, edges: Sequence[float]) -> None:
        self._edges = np.array(edges)
        self._counts = np.zeros(len(edges) + 1, np.int64)
        self._sum = 0.0

    def add(self, values: Floats) -> None:
        """Add values."""
        values = values.clip(0)
        places = np.searchsorted(self._edges, values)
        self._counts = self._counts + np.bincount(places, minlength=len(self._counts))
        self._sum += float(values.sum())

    def plain(self) -> list[float]:
        """Return the counts and, behind them, the sum."""
        return [*self._counts.tolist(), round(self._sum, 6)]


class ShardFigures:
    """Filled by the meter in the engine's thread, read by any other: what is handed out is never changed."""

    def __init__(self) -> None:
        self._ticks = Buckets(LATENCY_MS)
        self._models: dict[str, Buckets] = {}
        self.skew_s: float | None = None
        self.behind: int | None = None
        self.log_ts = 0

    def read(self, batch: TickBatch, at: int) -> None:
        """Take in a batch that was read at a wall clock, ns."""
        ticks = batch.decoded.ticks
        self.log_ts = max(self.log_ts, int(batch.log_ts[-1]))
        if len(ticks.ts):
            self._ticks.add((at - batch.log_ts[ticks.record]) / _MS)
            self.skew_s = (at - int(ticks.ts[-1])) / _NS

    def called(self, model: str, took_ms: float) -> None:
        """Take in how long a model took."""
        if model not in self._models:
            self._models = {**self._models, model: Buckets(MODEL_S)}
        self._models[model].add(np.array([took_ms / 1e3]))

    def ticks(self) -> list[float]:
        """Return the ages at which ticks were read, ms."""
        return self._ticks.plain()

    def models(self) -> dict[str, list[float]]:
        """Return by model how long its calls took, s."""
        return {name: buckets.plain() for name, buckets in self._models.items()}
