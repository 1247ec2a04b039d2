"""The metrics of the API itself; those of the flow are derived from the view at each scrape."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call]  # they would add a series to each counter that nobody asked for

_LATENCY_MS = (1, 2, 5, 10, 20, 50, 100, 150, 200, 250, 300, 500, 1_000, 2_000)


class OwnMetrics:
    """Counters of one app, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "levibot_predict_requests",
            "Answers to prediction requests; a symbol that is not known counts as 'other'.",
            ("symbol", "outcome"),
            registry=self.registry,
        )
        self.latency = Histogram(
            "levibot_latency_ms",
            "Milliseconds spent in a stage; predict_api is a prediction request from head to last byte.",
            ("stage",),
            buckets=_LATENCY_MS,
            registry=self.registry,
        )
        # not registered: the collector of the view joins the flow's errors to these
        self.errors = Counter("levibot_errors", "Errors by stage.", ("stage",), registry=None)
        for stage in ("api", "redis"):
            self.errors.labels(stage)
        self.latency.labels("predict_api")
