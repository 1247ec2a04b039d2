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
    "account.day_loss_share": Metric(
        ("all",), "the account's loss since 00:00 UTC as a share of `max_daily_loss`; below 0 in a gain"),
    "account.open_positions": Metric(
        ("all",), "positions the account holds"),
    "account.win_rate": Metric(
        ("all",), "share of the account's closed trades that won, since the phase of the rollout began"),
    "alerts.firing": Metric(
        ("all",), "alerts of severity P0 and P1 that have fired and not resolved"),
    "api.health": Metric(
        ("all",), "1 if the API answers that all is well, else 0"),
    "breaches.count_24h": Metric(
        ("all",), "how often rules of severity P0 to P2 began to hold for their time in the last 24 h"),
    "breaker.open": Metric(
        ("shard",), "1 while the circuit breaker is open or half open, else 0"),
    "buckets.balanced": Metric(
        ("all",), "1 if none of the `ml_bucket` of 0.5 to 0.8 holds over half the scores of an hour, else 0"),
    "calibration.confid_median": Metric(
        ("model", "model_symbol"), "median of max(p, 1 - p) over the last hour, before the confidence floor"),
    "calibration.deciles": Metric(
        ("model", "model_symbol"), "how many of the ten deciles of the scores hold outcomes"),
    "calibration.ece": Metric(
        ("model", "model_symbol"), "calibration error in ten equal bins over the last 24 h; has a limit"),
    "canary.outside_positions": Metric(
        ("all",), "positions opened in symbols outside the canary list since the phase of the rollout began"),
    "confid.median": Metric(
        ("all",), "median of max(p, 1 - p) of all scores of the last hour, before the confidence floor"),
    "drift.critical_events": Metric(
        ("model",), "drift events of level kill since the phase of the rollout began"),
    "drift.psi": Metric(
        ("model", "model_symbol"),
        "PSI of the last hour against training, the largest of features above their limits; has a limit"),
    "dlq.size": Metric(
        ("shard", "all"), "invalid items of the last hour"),
    "errors.rate": Metric(
        ("shard", "all"), "share of the rows of the last five minutes on which the model failed"),
    "errors.rise": Metric(
        ("all",), "`errors.rate` now, less what it was when the phase of the rollout began"),
    "errors.trading_rate": Metric(
        ("all",), "orders of the last five minutes that failed for another reason than the account's rules"),
    "incidents.critical": Metric(
        ("all",), "alerts of severity P0 since the run began"),
    "kill.mttr_s": Metric(
        ("all",), "the longest time from a kill to the last shard's acknowledgement in the run, s"),
    "latency.engine_p95_ms": Metric(
        ("shard", "all"), "95th percentile of tick in to signal out over the last five minutes, ms"),
    "latency.inference_p95_ms": Metric(
        ("shard", "all"), "95th percentile of one call of the model over the last five minutes, ms"),
    "latency.predict_api_p95_ms": Metric(
        ("all",), "95th percentile of an answer of the API over the last five minutes, ms"),
    "latency.score_e2e_p95_ms": Metric(
        ("shard", "all"), "95th percentile of a second's end to its signal over the last five minutes, ms"),
    "memory.rss_bytes": Metric(
        ("all",), "resident memory of the largest process, bytes"),
    "process.crashes": Metric(
        ("all",), "starts of processes that did not follow a clean stop, since the run began"),
    "queue.depth_p95": Metric(
        ("shard", "all"),
        "95th percentile of the records behind the end of the log, over the last five minutes"),
    "rollback.time_s": Metric(
        ("all",), "the longest time from a rollback to the last shard's acknowledgement in the run, s"),
    "run.hours": Metric(
        ("all",), "hours of the log that the phase of the rollout has been running"),
    "scores.per_minute": Metric(
        ("symbol", "all"), "`ml.score` items in a minute, of which a symbol has 12"),
    "shadow.drawdown_ratio": Metric(
        ("all",), "the challenger's largest drawdown divided by that of the model in use, over the run"),
    "shadow.max_drawdown": Metric(
        ("all",), "the challenger's largest drawdown over the run, as a share of equity"),
    "shadow.sharpe": Metric(
        ("all",), "the challenger's annualised Sharpe ratio over the run"),
    "shadow.sharpe_lead": Metric(
        ("all",), "the challenger's annualised Sharpe ratio less that of the model in use, over the run"),
    "shadow.trades": Metric(
        ("all",), "trades that the challenger's book has closed in the run"),
    "shadow.worse_p": Metric(
        ("all",), "evidence that the challenger's Brier score is no worse: 1 down to 0, good at every look"),
    "staleness.feature": Metric(
        ("symbol", "shard", "all"),
        "seconds since the end of the last five-second bar with a trade; of a shard, of its freshest symbol; "
        "of all, of the shard that waits longest"),
    "staleness.tick": Metric(
        ("symbol", "shard", "all"),
        "seconds since the last trade; of a shard, of its freshest symbol; of all, of the shard that waits "
        "longest"),
    "ticks.drop_rate": Metric(
        ("shard", "all"), "share of the ticks of the last hour that were dropped, being late or invalid"),
    "ticks.per_minute": Metric(
        ("shard", "all"), "trades in the last minute"),
    "uptime.share": Metric(
        ("all",), "share of the run, without planned stops, in which the API answered that all is well"),
    "verdict.checks_passed": Metric(
        ("all",), "how many of the five checks of a marathon passed at its end"),
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
