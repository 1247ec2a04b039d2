"""The signals flow as a process: settings in, clients connected, dataflow run, everything closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import timedelta

import structlog

from connectors import failpoints, start_values
from connectors.bundles.background import BackgroundLoader
from connectors.bundles.loading import load
from connectors.kafka.growth import Growth
from connectors.kafka.opening import Opening
from connectors.kafka.outlets import Outlets
from connectors.kafka.settling import settle
from connectors.kafka.sink import ShardSinks
from connectors.kafka.slo import SloLog
from connectors.kafka.source import ShardSource
from connectors.kafka.suppressed import Comparison
from connectors.kafka.topics import output, shards, share
from connectors.logs import configure
from connectors.recovery.folder import RecoveryFolder, opened
from connectors.redis.keys import SHARD
from connectors.settings import Settings, settings
from flows.metrics.loading import Timed
from flows.metrics.served import Instruments, instruments, served
from flows.metrics.shards import ShardCollector
from flows.metrics.told import Told
from flows.published import Published
from flows.recovering import folder_of, manifest_of
from flows.runtime import Stop, leave, run
from flows.signals import signals_flow
from flows.slo.reporter import Reporter, each
from flows.slo.shards import ShardsMeter
from flows.watchdog import Watchdog
from models.desk.desk import Desk
from models.judge.records import TOPICS, Shard
from models.scoring.model import Trained
from models.scoring.registry import load_all
from models.slo.body import SLO
from models.slo.tally import Tally
from models.spec import Spec

_LOG = structlog.get_logger()


def run_signals(
    config: Settings | None = None, *, accept_gap: bool = False, days: float | None = None
) -> None:
    """Run the signals flow over this instance's shards until a clean stop."""
    config = config or settings()
    configure(config, process="signals")
    failpoints.arm(config.failpoint)
    stop = Stop()
    stop.on_signals()
    spec, desk = start_values.spec(config), start_values.desk(config)
    every = shards(config)
    mine = share(every, config)
    with opened(folder_of(config), manifest_of(config, spec, every, mine)) as folder:
        failpoints.reach("open.locked")
        outlets = _outlets(config, mine, folder)
        timed = _timed(config, folder)
        loader = _loader(spec, desk, timed)
        opening = Opening(config, spec, desk, outlets, loader, accept_gap=accept_gap, days=days)
        opening.look(mine)
        with (
            closing(loader),
            closing(Growth(config, every)) as growth,
            _reporter(config, mine, folder) as reporter,
            _instruments(config, folder, reporter, mine) as tools,
        ):
            meter = ShardsMeter(reporter, opening.behind, recorded=config.recorded_ticks)
            tools.registry.register(ShardCollector(meter, [s.key for s in mine], loader.refusals, timed))
            with _shown(config, spec, opening, growth, meter, tools) as published:
                watchdog = Watchdog(config.stuck_after_s)
                source = ShardSource(mine, opening.open, stop, each(watchdog, tools.liveness, meter.turn))
                sink = ShardSinks(
                    mine,
                    outlets,
                    opening.published,
                    config.topic_suffix,
                    published,
                    tools.suppressed,
                    meter.delivered,
                )
                _LOG.info("starting", shards=len(mine), of=len(every), spec=spec.fingerprint()[:12])
                epoch = timedelta(milliseconds=config.epoch_ms)
                run(signals_flow(source, sink, spec, loader.models, meter), epoch, folder.store)
                watchdog.stop()
        opening.close()
        folder.clean()
    _LOG.info("stopped cleanly")
    leave()


def _timed(config: Settings, folder: RecoveryFolder) -> Timed:
    """Return what loads a bundle; what was checked once is not checked at each start."""
    verified = folder.path / "verified-models.json"

    def bundle(reference: str) -> Trained:
        return load(config.models_dir, reference, config.registry_file, verified=verified)

    return Timed(bundle)


def _loader(spec: Spec, desk: Desk, timed: Timed) -> BackgroundLoader:
    """Return what loads bundles, beginning with the one that a new shard would need.

    That one is most likely needed, and takes a second, as looking at the broker does.
    """
    loader = BackgroundLoader(load_all(spec.models), timed)
    for reference in desk.bundles:
        loader.ask(reference)
    return loader


def _outlets(config: Settings, mine: list[Shard], folder: RecoveryFolder) -> Outlets:
    """Return where output records go, once no dead process can append to them."""
    if config.output_transactions:
        return Outlets(config.kafka_bootstrap, f"levibot{config.topic_suffix}")
    if folder.unclean:
        topics = [output(topic, config) for topic in TOPICS]
        settle(config.kafka_bootstrap, topics, [shard.number for shard in mine])
    return Outlets(config.kafka_bootstrap)


def _reporter(config: Settings, mine: list[Shard], folder: RecoveryFolder) -> Reporter:
    tallies = [Tally("signals", shard.key, shard.number) for shard in mine]
    return Reporter(SloLog(config.kafka_bootstrap, output(SLO, config)), tallies, crashed=folder.crashed)


def _compare(config: Settings) -> Comparison | None:
    return Comparison(config.kafka_bootstrap, config.topic_suffix) if config.compare_suppressed else None


def _instruments(
    config: Settings, folder: RecoveryFolder, reporter: Reporter, mine: list[Shard]
) -> AbstractContextManager[Instruments]:
    return instruments(config, folder, reporter, [shard.key for shard in mine], SHARD, _compare(config))


@contextmanager
def _shown(
    config: Settings,
    spec: Spec,
    opening: Opening,
    growth: Growth,
    meter: ShardsMeter,
    tools: Instruments,
) -> Iterator[Published]:
    """Serve health and metrics, and write the read model."""
    told = Told(meter.parts)
    published = Published(
        tools.writer, spec.staleness, tools.registry, opening.positions, growth, told, config.stale_after_s
    )
    with served(config, config.flow_port, tools, published.status):
        yield published
