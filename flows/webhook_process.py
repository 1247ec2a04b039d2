"""The courier of alerts as a process: settings in, broker and webhook connected, health served."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from connectors.config_file import ConfigError
from connectors.embedded.ports import free_port
from connectors.kafka.alerts_feed import AlertsFeed
from connectors.logs import configure
from connectors.metrics.families import counter, gauge
from connectors.settings import Settings, settings
from connectors.webhook.hook import Hook
from flows.health import HealthServer
from flows.runtime import Stop, leave
from flows.webhook import Courier

_LOG = structlog.get_logger()
UNSET = "WEBHOOK_URL is not set: alerts are told to nobody outside; they stay on the topic alerts"


def run_webhook(config: Settings | None = None) -> None:
    """Post alerts to the webhook until a clean stop; raise ``ConfigError`` where there is no WEBHOOK_URL."""
    config = config or settings()
    if config.webhook_url is None:
        raise ConfigError(UNSET)
    configure(config, process="webhook")
    stop = Stop()
    stop.on_signals()
    with AlertsFeed(config) as feed, Hook(config.webhook_url) as hook:
        courier = Courier(feed, hook.post, stop.wait)
        with _served(config, courier):
            courier.run()
    _LOG.info("stopped cleanly", alerts=courier.alerts)
    leave()


@contextmanager
def _served(config: Settings, courier: Courier) -> Iterator[None]:
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    registry.register(CourierMetrics(courier))
    health = HealthServer(config.flow_host, free_port(config.webhook_port), registry, lambda: status(courier))
    _LOG.info("health and metrics", port=health.port)
    yield
    health.close()


def status(courier: Courier) -> dict[str, Any]:
    """Return the state of the courier for its ``/health``; waiting for a receiver is no fault of its own."""
    return {
        "ok": True, "alerts": courier.alerts, "waiting_s": round(courier.waiting_s(), 1),
        "attempts": dict(courier.counts), "said": courier.said,
    }  # fmt: skip


class CourierMetrics(Collector):
    """What Prometheus is told of the courier."""

    def __init__(self, courier: Courier) -> None:
        self._courier = courier

    def collect(self) -> Iterator[Metric]:
        """Yield the present metrics."""
        yield gauge("levibot_webhook_waiting_seconds", self._courier.waiting_s())
        counts = {(outcome,): count for outcome, count in self._courier.counts.items()}
        yield counter("levibot_webhook_attempts_total", counts)
        yield counter("levibot_webhook_alerts_total", self._courier.alerts)
