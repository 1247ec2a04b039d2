"""The paper account as a process: settings in, clients connected, dataflow run, everything closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path

import structlog

from connectors import failpoints, start_values
from connectors.kafka.outlets import Outlets
from connectors.kafka.paper.opening import AccountOpening
from connectors.kafka.paper.recent import recent
from connectors.kafka.paper.source import AccountSource
from connectors.kafka.settling import settle
from connectors.kafka.sink import ShardSinks
from connectors.kafka.slo import SloLog
from connectors.kafka.suppressed import Comparison
from connectors.kafka.topics import (
    ACCOUNT_SHARD,
    account_output,
    account_plans,
    check_account,
    cluster_id,
    output,
    shards,
)
from connectors.logs import configure
from connectors.recovery.folder import RecoveryFolder, opened
from connectors.recovery.manifest import Manifest, app_version
from connectors.redis.keys import ACCOUNT
from connectors.settings import Settings, settings
from flows.account_shown import AccountShown
from flows.metrics.served import Instruments, instruments, served
from flows.paper import FLOW, STEPS, paper_flow
from flows.runtime import Stop, leave, run
from flows.slo.account import AccountMeter
from flows.slo.reporter import Reporter, each
from flows.watchdog import Watchdog
from models.paper.account import TOPICS, Booked
from models.paper.spec import PaperSpec
from models.slo.body import SLO
from models.slo.tally import Tally

_LOG = structlog.get_logger()


def run_paper(config: Settings | None = None) -> None:
    """Run the paper account over the signals of all shards until a clean stop."""
    config = config or settings()
    configure(config, process="paper")
    failpoints.arm(config.failpoint)
    stop = Stop()
    stop.on_signals()
    spec, desk = start_values.paper_spec(config), start_values.desk(config)
    every = shards(config)
    check_account(config)
    with opened(folder_of(config), _manifest(config, spec)) as folder:
        failpoints.reach("open.locked")
        outlets = _outlets(config, folder)
        opening = AccountOpening(config, spec, desk, every, outlets)
        with (
            _reporter(config, folder) as reporter,
            _instruments(config, folder, reporter) as tools,
            _shown(config, tools) as shown,
        ):
            meter = AccountMeter(reporter)
            watchdog = Watchdog(config.stuck_after_s)
            alive = each(watchdog, tools.liveness, meter.turn)
            source = AccountSource(ACCOUNT_SHARD, opening.open, config.paper_behind_after_s, stop, alive)
            suffix = f"{config.topic_suffix}{config.account_suffix}"
            sink = ShardSinks[Booked](
                [ACCOUNT_SHARD], outlets, opening.published, suffix, shown, tools.suppressed, meter.delivered
            )
            _LOG.info("starting", shards=len(every), spec=spec.fingerprint()[:12])
            run(paper_flow(source, sink, spec), timedelta(milliseconds=config.epoch_ms), folder.store)
            watchdog.stop()
        opening.close()
        folder.clean()
    _LOG.info("stopped cleanly")
    leave()


def folder_of(config: Settings) -> Path:
    """Return the recovery folder of the account."""
    return config.recovery_dir / f"{FLOW}{config.topic_suffix}{config.account_suffix}"


def _manifest(config: Settings, spec: PaperSpec) -> Manifest:
    return Manifest(
        app=app_version(),
        cluster=cluster_id(config.kafka_bootstrap),
        steps=[FLOW, *STEPS],
        topics={plan.name: plan.partitions for plan in account_plans(config)},
        shards=[f"{ACCOUNT_SHARD.key}={ACCOUNT_SHARD.number}"],
        instance="0 of 1",
        spec=spec.fingerprint(),
    )


def _reporter(config: Settings, folder: RecoveryFolder) -> Reporter:
    log = SloLog(config.kafka_bootstrap, output(SLO, config))
    return Reporter(log, [Tally("paper", ACCOUNT_SHARD.key)], crashed=folder.crashed)


def _outlets(config: Settings, folder: RecoveryFolder) -> Outlets:
    """Return where output records go, once no dead process can append to them."""
    if config.output_transactions:
        return Outlets(config.kafka_bootstrap, f"levibot-paper{config.topic_suffix}{config.account_suffix}")
    if folder.unclean:
        topics = [account_output(topic, config) for topic in TOPICS]
        settle(config.kafka_bootstrap, topics, [ACCOUNT_SHARD.number])
    return Outlets(config.kafka_bootstrap)


def _instruments(
    config: Settings, folder: RecoveryFolder, reporter: Reporter
) -> AbstractContextManager[Instruments]:
    suffix = f"{config.topic_suffix}{config.account_suffix}"
    compare = Comparison(config.kafka_bootstrap, suffix) if config.compare_suppressed else None
    return instruments(config, folder, reporter, [ACCOUNT_SHARD.key], ACCOUNT, compare)


@contextmanager
def _shown(config: Settings, tools: Instruments) -> Iterator[AccountShown]:
    """Serve health and metrics, and write the read model."""
    shown = AccountShown(tools.writer, tools.registry)
    for topic in TOPICS:
        shown.remember(ACCOUNT_SHARD, topic, recent(topic, config))
    with served(config, config.paper_port, tools, shown.status):
        yield shown
