"""The metrics that every flow has: the process, its loop, its state on disk, its way to Redis."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from connectors.metrics.families import counter, gauge, info
from connectors.recovery.folder import RecoveryFolder
from connectors.recovery.manifest import app_version
from connectors.redis.writer import ViewWriter
from connectors.settings import Settings
from flows.metrics.liveness import Liveness
from flows.metrics.suppressed import Suppressed
from flows.slo.reporter import Reporter


class Parts(NamedTuple):
    """What a flow's process is made of, as far as metrics tell of it."""

    folder: RecoveryFolder
    writer: ViewWriter
    liveness: Liveness
    suppressed: Suppressed
    reporter: Reporter


class ProcessFamilies(Collector):
    """Looks at the parts of a process at each scrape."""

    def __init__(self, config: Settings, parts: Parts) -> None:
        self._config = config
        self._parts = parts

    def collect(self) -> Iterator[Metric]:
        """Yield the present metrics."""
        parts = self._parts
        yield info("levibot_build_info", [(app_version(), self._config.levibot_build_sha)])
        yield gauge("levibot_loop_age_seconds", parts.liveness.age_s)
        yield gauge("levibot_epoch_age_seconds", _age_s(parts.folder.store))
        yield gauge("levibot_recovery_purged_rows", parts.folder.purged)
        counts = {(topic,): count for topic, count in list(parts.suppressed.counts.items())}
        yield counter("levibot_suppressed_records_total", counts)
        yield counter("levibot_slo_records_lost_total", parts.reporter.lost)
        yield from _writer(parts.writer)


def process_registry(config: Settings, parts: Parts) -> CollectorRegistry:
    """Return a registry with what every flow has."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    registry.register(ProcessFamilies(config, parts))
    return registry


def _writer(writer: ViewWriter) -> Iterator[Metric]:
    stats = writer.stats()
    yield gauge("levibot_redis_writer_age_seconds", stats.last_success_age_s)
    taken = {("views",): stats.written, ("points",): stats.points, ("records",): stats.records}
    yield counter("levibot_redis_writes_total", taken)
    yield counter("levibot_redis_writes_skipped_total", stats.skipped)
    yield counter("levibot_redis_write_failures_total", stats.failures)
    dropped = {("points",): stats.dropped, ("records",): stats.overtaken}
    yield counter("levibot_redis_dropped_total", dropped)


def _age_s(store: Path) -> float | None:
    """Return how long ago the engine wrote to its store, None where it never did."""
    written = [path.stat().st_mtime for path in store.glob("*.sqlite3*") if path.exists()]
    return max(0.0, time.time() - max(written)) if written else None
