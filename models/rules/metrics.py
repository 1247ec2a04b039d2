"""What a rule can look at: the metrics, where each is measured, and of what a scope is one."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

from models.desk.references import name_of

Scope = Literal["model", "symbol", "model_symbol", "shard", "all"]
SCOPES: tuple[Scope, ...] = get_args(Scope)


class Metric(NamedTuple):
    """Where a metric is measured, and what its value is."""

    scopes: tuple[Scope, ...]
    meaning: str


METRICS: dict[str, Metric] = {
    "breaker.open": Metric(
        ("shard",), "1 while the circuit breaker is open or half open, else 0"),
    "calibration.confid_median": Metric(
        ("model", "model_symbol"), "median of max(p, 1 - p) over the last hour, before the confidence floor"),
    "calibration.ece": Metric(
        ("model", "model_symbol"), "calibration error in ten equal bins over the last 24 h; has a limit"),
    "drift.critical_events": Metric(
        ("model",), "drift events of level kill since the phase of the rollout began"),
    "drift.psi": Metric(
        ("model", "model_symbol"),
        "PSI of the last hour against training, the largest of features above their limits; has a limit"),
    "dlq.size": Metric(
        ("shard", "all"), "invalid items of the last hour"),
    "errors.rate": Metric(
        ("shard", "all"), "share of the rows of the last five minutes on which the model failed"),
    "scores.per_minute": Metric(
        ("symbol", "all"), "`ml.score` items in a minute, of which a symbol has 12"),
    "staleness.feature": Metric(
        ("symbol", "shard"),
        "seconds since the end of the last five-second bar with a trade; of a shard, of its freshest symbol"),
    "staleness.tick": Metric(
        ("symbol", "shard"), "seconds since the last trade; of a shard, of its freshest symbol"),
    "ticks.per_minute": Metric(
        ("shard", "all"), "trades in the last minute"),
}  # fmt: skip


def scope_key(scope: Scope, *names: str) -> str:
    """Return the text that stands for one model, symbol, (model, symbol), shard, or for all.

    Those of models and symbols are the scopes of commands: ``model:NAME``, ``symbol:VENUE:NAME``; a pair is
    ``model_symbol:MODEL/VENUE:NAME``.
    """
    if len(names) != {"all": 0, "model_symbol": 2}.get(scope, 1):
        raise ValueError(f"{len(names)} names do not make a scope key of {scope}")
    return ":".join([scope, "/".join(names)]) if names else scope


def kill_scope(key: str) -> str:
    """Return the scope of the command ``kill`` for what a rule fired of.

    Of a (model, symbol) pair it is the model: a challenger that drifts must not stop the model in use, and
    one in use that has drifted on one symbol is not trusted on the others. A shard has no kill of its own.
    """
    kind, _, name = key.partition(":")
    if kind in ("model", "model_symbol"):
        return f"model:{name_of(name.partition('/')[0])}"
    return key if kind == "symbol" else "all"


def scope_of(key: str) -> str:
    """Return the scope of a scope key."""
    return key.partition(":")[0]
