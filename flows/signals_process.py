"""The signals flow as a process: settings in, clients connected, dataflow run, everything closed."""

from __future__ import annotations

import structlog
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector

from connectors import start_values
from connectors.embedded.ports import free_port
from connectors.kafka.clients import exact_producer
from connectors.kafka.opening import Opening
from connectors.kafka.sink import ShardSinks
from connectors.kafka.source import ShardSource
from connectors.kafka.topics import shards
from connectors.logs import configure
from connectors.redis.writer import ViewWriter
from connectors.settings import Settings, settings
from flows.health import HealthServer
from flows.published import Published
from flows.runtime import Stop, leave, run
from flows.signals import signals_flow
from models.desk.desk import Desk
from models.scoring.registry import load_all
from models.spec import Spec

_LOG = structlog.get_logger()
OUTPUT_LINGER_MS = 2


def run_signals() -> None:
    """Run the signals flow over all shards until a clean stop."""
    config = settings()
    configure(config, process="signals")
    stop = Stop()
    stop.on_signals()
    spec, desk = start_values.spec(config), start_values.desk(config)
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    with ViewWriter(config.redis_url) as writer:
        published = Published(writer, spec.staleness, registry)
        health = HealthServer(config.flow_host, free_port(config.flow_port), registry, published.status)
        _LOG.info("health and metrics", port=health.port)
        _run(config, spec, desk, published, stop)
        health.close()
    _LOG.info("stopped cleanly")
    leave()


def _run(config: Settings, spec: Spec, desk: Desk, published: Published, stop: Stop) -> None:
    all_shards = shards(config)
    opening = Opening(config, spec, desk)
    producer = exact_producer(config.kafka_bootstrap, linger_ms=OUTPUT_LINGER_MS)
    source = ShardSource(all_shards, opening.open, stop)
    sink = ShardSinks(all_shards, producer, opening.published, config.topic_suffix, published)
    _LOG.info("starting", shards=len(all_shards), spec=spec.fingerprint()[:12])
    run(signals_flow(source, sink, spec, load_all(spec.models)))
    opening.close()
