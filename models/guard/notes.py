"""Bodies of the guard's records before they have their cause and number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from models.guard.records import ALERTS, ROLLOUT
from models.judge.records import record_id
from models.rules.evaluate import Firing
from models.rules.metrics import scope_of
from models.rules.rule import Rule, duration
from models.spec import SECOND

Body = dict[str, Any]
RED = ("P0", "P1")
"""Severities of level RED; the others are YELLOW."""
_PAUSES = ("kill", "preview", "rollback")
"""Actions that hold back what trades."""


class Note(NamedTuple):
    """A record without its cause and its number."""

    topic: str
    key: str
    body: Body


class Now(NamedTuple):
    """When something is told: event time in seconds, and the clock of the look, ns."""

    second: int
    at: int


def alert(now: Now, firing: Firing, profile: str, *, telegram: bool = False) -> Note:
    """Return a rule that began to hold for its time, or ceased to; ``telegram`` is the flag of that name."""
    rule, evidence = firing.rule, firing.evidence
    event = "firing" if firing.kind == "fired" else "resolved"
    body = {
        "id": record_id("alert", firing.scope_key, firing.second * SECOND, rule.name, event, firing.since),
        "ts": firing.second * SECOND,
        "at": now.at,
        "event": event,
        **_rule(rule),
        "scope": firing.scope_key,
        "value": evidence.value,
        "limit": evidence.limit,
        "n": evidence.n,
        "since": firing.since * SECOND,
        "profile": profile,
        "telegram": telegram,
        **_names(firing.scope_key),
    }
    return Note(ALERTS, rule.name, body)


def _rule(rule: Rule) -> Body:
    return {
        "rule": rule.name,
        "severity": rule.severity,
        "level": "RED" if rule.severity in RED else "YELLOW",
        "metric": rule.metric,
        "op": rule.op,
        "threshold": rule.value,
        "for_s": rule.for_s,
        "for": duration(rule.for_s),
        "actions": list(rule.actions),
        "auto_pause": any(action in _PAUSES for action in rule.actions),
        "runbook": rule.runbook,
    }


def _names(key: str) -> Body:
    """Return the model and the symbol of a scope key, empty where it has none."""
    kind, names = scope_of(key), key.partition(":")[2]
    model, _, symbol = names.partition("/") if kind == "model_symbol" else ("", "", "")
    return {
        "model": names if kind == "model" else model,
        "symbol": names if kind == "symbol" else symbol,
        "shard": names if kind == "shard" else "",
    }


def silence(now: Now, shard: str, event: str, after_s: float, *, telegram: bool = False) -> Note:
    """Return a shard that was not heard of for too long by the clock, or is heard of again."""
    body = {
        "id": record_id("alert", shard, now.at, "shard_silent", event),
        "ts": now.second * SECOND,
        "at": now.at,
        "event": event,
        "rule": "shard_silent",
        "severity": "P1",
        "level": "RED",
        "metric": "progress.silent_s",
        "op": ">",
        "threshold": after_s,
        "for_s": 0,
        "for": "0s",
        "actions": ["alert"],
        "auto_pause": True,
        "runbook": "docs/runbook.md#shardsilent",
        "scope": f"shard:{shard}",
        "value": None,
        "limit": None,
        "n": None,
        "since": now.second * SECOND,
        "profile": "",
        "telegram": telegram,
        **_names(f"shard:{shard}"),
    }
    return Note(ALERTS, "shard_silent", body)


def rollout(now: Now, told: Mapping[str, Any], place: int, **more: Any) -> Note:
    """Return an event of a rollout; ``place`` tells those of a look apart, ``more`` goes before ``told``."""
    found: Body = {"command_id": None, "offsets": None, **told, **more}
    run, second = str(found["run"]), now.second * SECOND
    name = record_id("rollout", run, second, found["event"], now.at, place)
    return Note(ROLLOUT, run, {"id": name, "ts": second, "at": now.at, **found})
