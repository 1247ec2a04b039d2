"""Metrics of who may trade what: the shards' desks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from prometheus_client.core import Metric

from connectors.metrics.families import counter, gauge, info
from models.desk.references import name_of

Plain = dict[str, Any]

_SWITCHES = {
    "levibot_killed": "killed",
    "levibot_halted": "halted",
    "levibot_canary": "canary",
    "levibot_preview": "preview",
    "levibot_rollout_fraction": "fraction",
}
_PARTS = ("rsi", "macd", "trend")


def desk_families(shards: Sequence[Plain]) -> Iterator[Metric]:
    """Yield what the desks say; weights and thresholds are those of the shard that has changed last."""
    for metric, field in _SWITCHES.items():
        yield gauge(metric, {(shard["shard"],): float(shard["desk"][field]) for shard in shards})
    named = [(name_of(shard["desk"]["model"]), shard["versions"]) for shard in shards]
    models = {(name, versions.get(name, "")) for name, versions in named}
    yield info("levibot_active_model_info", sorted(models))
    switches = max((shard["desk"]["switches"] for shard in shards), default=0)
    yield counter("levibot_model_switches_total", switches)
    newest: Plain = max(shards, key=lambda shard: shard["seq"], default={})
    yield from _numbers(newest.get("desk", {}))


def _numbers(desk: Plain) -> Iterator[Metric]:
    members = {name_of(name): weight for name, weight in desk.get("members", {}).items()}
    yield gauge("levibot_ensemble_weight", _shares(members))
    yield gauge(
        "levibot_signal_part_weight", _shares(dict(zip(_PARTS, desk.get("weights", ()), strict=False)))
    )
    policy = {("entry",): desk.get("entry"), ("exit",): desk.get("exit")}
    if desk:
        policy["confid_floor",] = desk["flags"].get("ml_confid_floor", 0.0)
    yield gauge("levibot_policy", {what: float(value) for what, value in policy.items() if value is not None})


def _shares(weights: dict[str, float]) -> dict[tuple[str, ...], float]:
    total = sum(weights.values())
    return {(name,): weight / total for name, weight in weights.items()} if total else {}
