"""The signals flow as a process: settings in, clients connected, dataflow run, everything closed."""

from __future__ import annotations

import structlog

from connectors import start_values
from connectors.kafka.clients import exact_producer
from connectors.kafka.opening import Opening
from connectors.kafka.sink import ShardSinks
from connectors.kafka.source import ShardSource
from connectors.kafka.topics import shards
from connectors.logs import configure
from connectors.settings import settings
from flows.runtime import Stop, run
from flows.signals import signals_flow
from models.scoring.registry import load_all

_LOG = structlog.get_logger()
OUTPUT_LINGER_MS = 2


def run_signals() -> None:
    """Run the signals flow over all shards until a clean stop."""
    config = settings()
    configure(config, flow="signals")
    stop = Stop()
    stop.on_signals()
    spec, desk = start_values.spec(config), start_values.desk(config)
    all_shards = shards(config)
    opening = Opening(config, spec, desk)
    producer = exact_producer(config.kafka_bootstrap, linger_ms=OUTPUT_LINGER_MS)
    source = ShardSource(all_shards, opening.open, stop)
    sink = ShardSinks(all_shards, producer, opening.published, config.topic_suffix, lambda shard, done: None)
    _LOG.info("starting", shards=len(all_shards), spec=spec.fingerprint()[:12])
    run(signals_flow(source, sink, spec, load_all(spec.models)))
    _LOG.info("stopped cleanly")
