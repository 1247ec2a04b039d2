"""The guard as a process: settings in, clients connected, dataflow run, everything closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path

import structlog

from connectors import failpoints, start_values
from connectors.kafka.guard.opening import GuardOpening
from connectors.kafka.guard.orders import Orders
from connectors.kafka.guard.sink import GuardSink, GuardSinks
from connectors.kafka.guard.source import GuardSource
from connectors.kafka.outlets import Outlets
from connectors.kafka.settling import settle
from connectors.kafka.sink import ShardSink
from connectors.kafka.slo import SloLog
from connectors.kafka.suppressed import Comparison
from connectors.kafka.topics import check_guard, cluster_id, guard_plans, output, shards
from connectors.logs import configure
from connectors.probe import HealthProbe
from connectors.recovery.folder import RecoveryFolder, opened
from connectors.recovery.manifest import Manifest, app_version
from connectors.redis.keys import GUARD as GUARDS
from connectors.settings import Settings, settings
from flows.guard import FLOW, STEPS, guard_flow
from flows.guard_shown import GuardShown
from flows.metrics.probed import Probed
from flows.metrics.served import Instruments, instruments, served
from flows.runtime import Stop, leave, run
from flows.slo.reporter import Reporter, each
from flows.watchdog import Watchdog
from models.guard.outbox import SENDER
from models.guard.records import GUARD, TOPICS
from models.guard.spec import GuardSpec
from models.rollout.worst_case import worst_case
from models.slo.body import SLO
from models.slo.tally import Tally

_LOG = structlog.get_logger()


def run_guard(config: Settings | None = None) -> None:
    """Run the guard over what all flows publish until a clean stop."""
    config = config or settings()
    configure(config, process="guard")
    failpoints.arm(config.failpoint)
    stop = Stop()
    stop.on_signals()
    spec, every = start_values.guard_spec(config), shards(config)
    check_guard(config)
    if config.admin_secret is None and config.guard_acts:
        _LOG.warning("no ADMIN_SECRET: no command can be sent, and every one is told of as refused")
    with opened(folder_of(config), _manifest(config)) as folder:
        failpoints.reach("open.locked")
        outlets = _outlets(config, folder)
        opening = GuardOpening(config, spec.fingerprint(), every, outlets)
        with (
            HealthProbe(config.api_host, config.api_port) as probe,
            _reporter(config, folder) as reporter,
            _instruments(config, folder, reporter) as tools,
        ):
            answered = Probed(probe.answered)
            with _shown(config, tools, answered) as shown:
                watchdog = Watchdog(config.stuck_after_s)
                source = GuardSource(
                    opening.open, answered, stop, each(watchdog, tools.liveness, reporter.looks)
                )
                sink = GuardSinks(lambda: _sink(config, opening, outlets, shown, tools))
                _LOG.info("starting", shards=len(every), spec=spec.fingerprint()[:12], acts=spec.act)
                _say_longest(spec)
                run(guard_flow(source, sink, spec), timedelta(milliseconds=config.epoch_ms), folder.store)
                watchdog.stop()
        opening.close()
        folder.clean()
    _LOG.info("stopped cleanly")
    leave()


def _say_longest(spec: GuardSpec) -> None:
    """Say of each profile how long a run can take, and how long a bad one can live."""
    for name, profile in sorted(spec.profiles.items()):
        longest = worst_case(profile.plan, profile.in_force(spec.rules), horizon_s=spec.horizon_s)
        found = {"promote_h": longest.promote_s / 3_600, "roll_back_h": longest.roll_back_s / 3_600}
        _LOG.info("at most", profile=name, **{key: round(hours, 2) for key, hours in found.items()})


def folder_of(config: Settings) -> Path:
    """Return the recovery folder of the guard."""
    return config.recovery_dir / f"{FLOW}{config.topic_suffix}"


def _sink(
    config: Settings, opening: GuardOpening, outlets: Outlets, shown: GuardShown, tools: Instruments
) -> GuardSink:
    last, suffix = opening.published(GUARD), config.topic_suffix
    return GuardSink(
        ShardSink(GUARD, outlets.open(GUARD), last, suffix, shown, tools.suppressed), Orders(config, SENDER)
    )


def _reporter(config: Settings, folder: RecoveryFolder) -> Reporter:
    log = SloLog(config.kafka_bootstrap, output(SLO, config))
    return Reporter(log, [Tally("guard", GUARD.key)], crashed=folder.crashed)


def _manifest(config: Settings) -> Manifest:
    """Return what the state belongs to; rules and profiles may change behind a clean stop."""
    return Manifest(
        app=app_version(),
        cluster=cluster_id(config.kafka_bootstrap),
        steps=[FLOW, *STEPS],
        topics={plan.name: plan.partitions for plan in guard_plans(config)},
        shards=[f"{GUARD.key}={GUARD.number}"],
        instance="0 of 1",
        spec="",
    )


def _outlets(config: Settings, folder: RecoveryFolder) -> Outlets:
    """Return where output records go, once no dead process can append to them."""
    if config.output_transactions:
        return Outlets(config.kafka_bootstrap, f"levibot-guard{config.topic_suffix}")
    if folder.unclean:
        settle(config.kafka_bootstrap, [output(topic, config) for topic in TOPICS], [GUARD.number])
    return Outlets(config.kafka_bootstrap)


def _instruments(
    config: Settings, folder: RecoveryFolder, reporter: Reporter
) -> AbstractContextManager[Instruments]:
    compare = Comparison(config.kafka_bootstrap, config.topic_suffix) if config.compare_suppressed else None
    return instruments(config, folder, reporter, [GUARD.key], GUARDS, compare)


@contextmanager
def _shown(config: Settings, tools: Instruments, answered: Probed) -> Iterator[GuardShown]:
    """Serve health and metrics, and write the read model."""
    shown = GuardShown(tools.writer, tools.registry, config.canary_policy_file)
    tools.registry.register(answered)
    with served(config, config.guard_port, tools, shown.status):
        yield shown
