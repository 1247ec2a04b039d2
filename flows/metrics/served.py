"""What every flow tells itself by: the view's writer, its liveness, its metrics, its port."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import structlog
from prometheus_client import CollectorRegistry

from connectors.embedded.ports import free_port
from connectors.kafka.sink import OnSuppressed
from connectors.recovery.folder import RecoveryFolder
from connectors.redis.keys import Kind
from connectors.redis.writer import ViewWriter
from connectors.settings import Settings
from flows.health import HealthServer
from flows.metrics.liveness import Liveness
from flows.metrics.process import Parts, process_registry
from flows.metrics.suppressed import Suppressed
from flows.slo.reporter import Reporter

_LOG = structlog.get_logger()

Status = Callable[[], dict[str, Any]]

UNWELL_SHARE = 3
"""A flow is not well once its loop has stood still for this part of the time after which it ends itself."""


class Instruments(NamedTuple):
    """What a flow is to call: ``liveness`` at every turn of its loop, ``suppressed`` by its sink."""

    writer: ViewWriter
    liveness: Liveness
    suppressed: Suppressed
    registry: CollectorRegistry


@contextmanager
def instruments(
    config: Settings,
    folder: RecoveryFolder,
    reporter: Reporter,
    keys: Sequence[str],
    kind: Kind,
    compare: OnSuppressed | None,
) -> Iterator[Instruments]:
    """Return the instruments of a process whose view has these keys."""
    with ViewWriter(config.redis_url, kind=kind) as writer:
        liveness = Liveness(keys, writer.alive, config.stuck_after_s / UNWELL_SHARE)
        suppressed = Suppressed(compare)
        registry = process_registry(config, Parts(folder, writer, liveness, suppressed, reporter))
        yield Instruments(writer, liveness, suppressed, registry)


@contextmanager
def served(config: Settings, port: int, tools: Instruments, status: Status) -> Iterator[None]:
    """Serve health and metrics; ``status`` may say ``why`` the process is not well."""

    def health() -> dict[str, Any]:
        found = status()
        why, age = tools.liveness.why() or found.pop("why", None), tools.liveness.age_s
        return {"ok": why is None, "why": why, "loop_age_s": None if age is None else round(age, 3), **found}

    server = HealthServer(config.flow_host, free_port(port), tools.registry, health)
    _LOG.info("health and metrics", port=server.port)
    yield
    server.close()
