"""Breaches: the rules that hold, those that held last, and whether one of them has paused the trading."""

from __future__ import annotations

from collections.abc import Iterable

from api.shown.freshness import Plain, age_s
from api.shown.guard import Measured
from models.spec import SECOND

LAST = 8
_TOLD = ("rule", "severity", "scope", "metric", "op", "threshold", "value", "for_s", "auto_pause", "runbook")


def guardrails(guard: Plain | None, alerts: list[Plain], measured: Measured, now: int) -> Plain | None:
    """Return what fires and what fired last; None where there is no guard to tell.

    ``auto_pause`` is whether a rule that fires holds the trading back by itself: kill, preview or rollback.
    """
    if guard is None:
        return None
    firing = [_firing(one, alerts, now) for one in guard["alerts"]]
    firing += [_breach(one, now) for one in _silent(guard, alerts)]
    return {
        "firing": sorted(firing, key=lambda one: (one["severity"], one["age_s"])),
        "last": [_breach(one, now) for one in alerts[:LAST]],
        "count_24h": measured.value("breaches.count_24h"),
        "auto_pause": any(one["auto_pause"] for one in firing),
        "age_s": age_s(guard["written_at"], now),
    }


def _firing(one: Plain, alerts: Iterable[Plain], now: int) -> Plain:
    """Return a rule that fires: with its record where that is among the newest, else with what is known."""
    names = one["rule"], one["scope"], "firing"
    record = next((a for a in alerts if (a["rule"], a["scope"], a["event"]) == names), {})
    known = {name: record.get(name) for name in _TOLD} | {name: one[name] for name in ("rule", "severity")}
    since = one["since"] * SECOND
    return known | {
        "scope": one["scope"],
        "value": one["value"],
        "event": "firing",
        "age_s": age_s(since, now),
    }


def _silent(guard: Plain, alerts: Iterable[Plain]) -> list[Plain]:
    """Return the records of shards that are silent: these are no rule's."""
    scopes = [f"shard:{shard}" for shard in guard["silent"]]
    found: dict[str, Plain] = {}
    for one in alerts:
        if one["rule"] == "shard_silent" and one["event"] == "firing" and one["scope"] in scopes:
            found.setdefault(one["scope"], one)
    return list(found.values())


def _breach(one: Plain, now: int) -> Plain:
    return {name: one[name] for name in _TOLD} | {"event": one["event"], "age_s": age_s(one["ts"], now)}
