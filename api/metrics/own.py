"""The metrics of the API itself; those of the flows are derived from the view at each scrape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.samples import Sample

from connectors.metrics.catalogue import METRICS
from connectors.metrics.edges import ANSWER_S, LATENCY_MS

disable_created_metrics()  # type: ignore[no-untyped-call]  # they would add a series to each counter that nobody asked for

_REQUESTS, _LATENCY, _ERRORS = "levibot_predict_requests_total", "levibot_latency_ms", "levibot_errors_total"


class OwnMetrics:
    """Counters of one app, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        requests = METRICS[_REQUESTS]
        self.requests = Counter(_REQUESTS, requests.meaning, requests.labels, registry=self.registry)
        # not registered: the collector of the view joins the flow's to these
        latency = METRICS[_LATENCY]
        self.latency = Histogram(_LATENCY, latency.meaning, latency.labels, buckets=LATENCY_MS, registry=None)
        self.errors = Counter(_ERRORS, METRICS[_ERRORS].meaning, METRICS[_ERRORS].labels, registry=None)
        for stage in ("api", "redis"):
            self.errors.labels(stage)
        self.latency.labels("predict_api")
        self.gateway = GatewayMetrics(self.registry)

    def answered(self, shown: Mapping[str, Any]) -> None:
        """Count a prediction that was given: of a known symbol, by the model that made it."""
        outcome = "stale" if shown["stale"] else "fallback" if shown["fallback"] else "live"
        self.requests.labels(shown["symbol"], shown["model"], outcome).inc()

    def unanswered(self, outcome: str) -> None:
        """Count a request that no model answered; whatever it asked for is no label."""
        self.requests.labels("other", "none", outcome).inc()

    def latencies(self) -> Iterator[Sample]:
        """Yield the samples of the API's own measuring point."""
        for family in self.latency.collect():
            yield from family.samples

    def error_counts(self) -> dict[tuple[str, ...], float]:
        """Return the API's own errors by stage."""
        samples = (sample for family in self.errors.collect() for sample in family.samples)
        return {(sample.labels["stage"],): sample.value for sample in samples}


class GatewayMetrics:
    """What the control gateway counts; without one, nothing."""

    def __init__(self, registry: CollectorRegistry) -> None:
        requests, lost, acknowledged = (METRICS[name] for name in _GATEWAY)
        self.requests = Counter(_GATEWAY[0], requests.meaning, requests.labels, registry=registry)
        self.lost = Counter(_GATEWAY[1], lost.meaning, registry=registry)
        self.acknowledged = Histogram(
            _GATEWAY[2], acknowledged.meaning, acknowledged.labels, buckets=ANSWER_S, registry=registry
        )
        for outcome in ("done", "repeat", "refused", "failed"):
            self.requests.labels(outcome)
        self.acknowledged.labels("kill")


_GATEWAY = (
    "levibot_gateway_requests_total",
    "levibot_gateway_audit_lost_total",
    "levibot_gateway_acknowledgement_seconds",
)
