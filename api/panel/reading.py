"""What the panel's state is made of: everything the view has, read in one go."""

from __future__ import annotations

from typing import Any, NamedTuple

from api.panel.monitors import monitored
from api.shown.guard import SERVICE_LEVELS
from connectors.redis.reader import ViewReader
from models.spec import SECOND

HOUR_S, DAY_S = 3_600, 24 * 3_600
ACTIONS = 60
"""Scores and commands that are read."""
ALERTS = 20
SLOWLY_NS = 10 * SECOND
"""Long series have a point a minute, monitors tell every five: a stream looks at them every ten seconds."""

Plain = dict[str, Any]


class Long(NamedTuple):
    """What is long and changes slowly."""

    read_at: int  # wall clock, ns
    series: dict[str, list[Plain]]
    equity: list[Plain]
    monitored: Plain


class View(NamedTuple):
    """The whole view at a time."""

    shards: dict[str, Plain]
    account: Plain | None
    guard: Plain | None
    actions: list[Plain]
    alerts: list[Plain]
    long: Long


def read(reader: ViewReader, now: int, before: Long | None = None) -> View:
    """Read the view; ``before`` stands for a while. Raises ``RedisDownError``."""
    shards, account, guard = reader.shards(), reader.account(), reader.guard()
    fresh = before is not None and 0 <= now - before.read_at < SLOWLY_NS
    long = before if fresh and before else _long(reader, now, account, guard, shards)
    return View(shards, account, guard, reader.audit(ACTIONS), reader.alerts(ALERTS), long)


def _long(
    reader: ViewReader, now: int, account: Plain | None, guard: Plain | None, shards: dict[str, Plain]
) -> Long:
    looked = (guard and guard["second"]) or now // SECOND
    taken = (account and account["second"]) or now // SECOND
    series = {
        name: reader.slo_series(metric, looked - HOUR_S) for name, (metric, _) in SERVICE_LEVELS.items()
    }
    return Long(now, series, reader.equity("active", taken - DAY_S), monitored(shards.values(), now))
