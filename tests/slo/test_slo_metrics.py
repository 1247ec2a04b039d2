"""Latencies as Prometheus metrics: the counts of the records, in fewer buckets."""

from __future__ import annotations

import numpy as np
from prometheus_client import CollectorRegistry, generate_latest
from slo.metered import Heard

from flows.slo.metrics import EDGES, Latencies
from models.slo.histogram import BOUNDS
from models.slo.tally import Tally


def test_every_edge_is_a_bound_of_the_histograms() -> None:
    """Or a count would be on the wrong side of it."""
    assert set(map(float, EDGES)) <= set(BOUNDS.tolist())


def test_counts_add_up_over_the_records_of_a_process() -> None:
    """Those of the last records told; the queue is a metric of its own, in records."""
    heard, registry = Heard(), CollectorRegistry()
    reporter = heard.reporter(Tally("signals", "ticks/0000"))
    registry.register(Latencies(reporter))
    assert b'source="ticks/0000"' not in generate_latest(registry)
    for values in ([80.0, 80.5], [300.0]):
        reporter.tally("ticks/0000").observe("engine", np.array(values))
        reporter.tally("ticks/0000").observe("queue_depth", np.array([7.0]))
        heard.passed += 10.0
        reporter.looks()

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, {"source": "ticks/0000", **labels})

    assert value("levibot_latency_ms_bucket", stage="engine", le="80.0") == 1.0
    assert value("levibot_latency_ms_bucket", stage="engine", le="100.0") == 2.0
    assert value("levibot_latency_ms_bucket", stage="engine", le="+Inf") == 3.0
    assert value("levibot_latency_ms_count", stage="engine") == 3.0
    assert value("levibot_latency_ms_sum", stage="engine") == 80.0 + 81.0 + 300.0
    assert value("levibot_queue_depth_count") == 2.0
    assert value("levibot_queue_depth_sum") == 14.0
