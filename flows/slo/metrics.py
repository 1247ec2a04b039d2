"""The latencies of a process as Prometheus metrics, off the same tallies as its ``slo`` records."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from prometheus_client.core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from flows.slo.reporter import Reporter
from models.slo.histogram import BOUNDS
from models.ticks import Ints

EDGES = (
    0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 40, 80, 100, 150, 200, 250, 300, 500,
    1_000, 1_500, 2_000, 5_000, 10_000, 60_000,
)  # fmt: skip
"""Upper bounds of the buckets, ms: each is one of ``BOUNDS``, so nothing is lost but finer steps."""

_PLACES = [int(np.searchsorted(BOUNDS, edge)) for edge in EDGES]
_QUEUE = "queue_depth"


class Latencies(Collector):
    """Counts since the process began, by source and measuring point."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def collect(self) -> Iterator[Metric]:
        """Yield the present metrics."""
        latency = HistogramMetricFamily(
            "levibot_latency_ms", "Milliseconds at a measuring point", labels=("source", "stage")
        )
        queue = HistogramMetricFamily(
            "levibot_queue_depth", "Records of the tick log not taken in", labels=("source",)
        )
        for source, point, counts in self._reporter.since_start():
            if point == _QUEUE:
                queue.add_metric((source,), _buckets(counts), _sum(counts))
            else:
                latency.add_metric((source, point), _buckets(counts), _sum(counts))
        yield from (latency, queue)


def _buckets(counts: Ints) -> list[tuple[str, float]]:
    reached = np.cumsum(counts)
    below = [(repr(float(edge)), float(reached[place])) for edge, place in zip(EDGES, _PLACES, strict=True)]
    return [*below, ("+Inf", float(reached[-1]))]


def _sum(counts: Ints) -> float:
    """Return the sum by upper bounds, at most a tenth too much."""
    return float(counts @ BOUNDS)
