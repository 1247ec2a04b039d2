"""What goes into a shard's view of its process: counts and latencies since that began.

So whoever reads the view can tell them of all processes at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from connectors.metrics.edges import LATENCY_MS
from flows.metrics.figures import ShardFigures
from models.slo.histogram import BOUNDS
from models.slo.tally import Tally
from models.ticks import Ints

Plain = dict[str, Any]

RENEWED_S = 1.0
_QUEUE = "queue_depth"


class Told:
    """Made anew at most once a second for each shard: it is asked after every delivery."""

    def __init__(
        self,
        parts: Callable[[str], tuple[Tally, ShardFigures]],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._parts = parts
        self._monotonic = monotonic
        self._made: dict[str, tuple[float, Plain]] = {}

    def __call__(self, shard: str) -> Plain:
        """Return ``counts``, ``buckets``, ``latency`` and ``models``; never changed afterwards."""
        now, known = self._monotonic(), self._made.get(shard)
        if known is None or now - known[0] >= RENEWED_S:
            self._made[shard] = known = now, _told(*self._parts(shard))
        return known[1]


def _told(tally: Tally, figures: ShardFigures) -> Plain:
    stages = {
        name: coarse(counts, LATENCY_MS) for name, counts in tally.since_start().items() if name != _QUEUE
    }
    return {
        "counts": tally.counted(),
        "buckets": tally.bucketed(),
        "latency": {"ticks": figures.ticks(), **stages},
        "models": figures.models(),
    }


def coarse(counts: Ints, edges: tuple[float, ...]) -> list[float]:
    """Return counts by the fine bounds in fewer buckets and, behind them, their sum by upper bounds.

    Each edge must be one of the bounds, so nothing is lost but finer steps; the sum is at most a tenth too
    much.
    """
    ends = [int(np.searchsorted(BOUNDS, edge)) + 1 for edge in edges]
    parts = np.split(counts, ends)
    return [*(float(part.sum()) for part in parts), float(counts @ BOUNDS)]
