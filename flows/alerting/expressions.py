"""The one table from what is watched to PromQL: metrics of rules, and what only Prometheus sees.

What the API has of all processes (``job="api"``) is asked of it, since one look there is the whole. No data
is no alert, as in the stream, but where a missing series is the very thing to tell of:

- without a guard, ages of shards fall back on the freshest symbol of all;
- no tick counts as zero ticks while the signals flow is online, since then no symbol is known;
- a target that is not configured counts as down.

Rates and quantiles are over the clock here and over log time in the stream: live they agree, in a feed of
recorded times they need not.
"""

from __future__ import annotations

from typing import NamedTuple


class Expression(NamedTuple):
    """A value as PromQL; ``limit``: where there is one, a rule holds only above it as well."""

    value: str
    limit: str = ""
    of: str = ""  # whose it is, from the labels
    shown: str = '{{ $value | printf "%.4g" }}'


_SYMBOL = "{{ $labels.symbol }}"
_PAIR = "{{ $labels.model }} on {{ $labels.symbol }}"
_SHARD = "shard {{ $labels.shard }}"
_JOB = "{{ $labels.job }}"
_SHARE = "{{ $value | humanizePercentage }}"
_SECONDS = "{{ $value | humanizeDuration }}"
_MS = '{{ $value | printf "%.0f" }} ms'
_BYTES = "{{ $value | humanize1024 }}B"
_STALENESS = 'levibot_features_staleness_seconds{job="api"}'


def _p95(stage: str) -> Expression:
    rate = f'sum by (le) (rate(levibot_latency_ms_bucket{{job="api",stage="{stage}"}}[5m]))'
    return Expression(f"histogram_quantile(0.95, {rate})", shown=_MS)


def _measured(metric: str) -> str:
    return f'levibot_measure{{job="api",metric="{metric}"}}'


def _rows(what: str) -> str:
    return f'sum(increase(levibot_rows_total{{job="api",what="{what}"}}[5m]))'


def _items(what: str) -> str:
    return f'sum(increase(levibot_ledger_items_total{{job="api",what=~"{what}"}}[1h]))'


def _money(what: str) -> str:
    return f'levibot_paper_money{{job="api",book="active",what="{what}"}}'


def _freshest(metric: str) -> Expression:
    return Expression(f"max({_measured(metric)} or on () min({_STALENESS}))", shown=_SECONDS)


def _up(job: str) -> Expression:
    return Expression(f'up{{job="{job}"}} or on () (absent(up{{job="{job}"}}) - 1)', of=_JOB)


_PSI = 'levibot_drift_psi{job="api"}'
_ECE = 'levibot_calibration_ece{job="api",window="24h"}'
_TICKS = 'sum(levibot_market_ticks_per_minute{job="api"})'
_ONLINE = 'sum(levibot_online{job="api",process="signals"} > 0) * 0'

RULES: dict[tuple[str, str], Expression] = {
    ("account.day_loss_share", "all"): Expression(
        f"{_money('day_pnl')} / ignoring (what) {_money('day_limit')}", shown=_SHARE),
    ("breaker.open", "shard"): Expression(
        'max by (shard) (levibot_breaker_open{job="api"})', of=_SHARD),
    ("calibration.confid_median", "model_symbol"): Expression(
        'max by (model, symbol) (levibot_confid_median{job="api"})', of=_PAIR),
    ("calibration.ece", "model_symbol"): Expression(
        f"max by (model, symbol) ({_ECE})",
        'max by (model, symbol) (levibot_calibration_ece_limit{job="api",window="24h"})', of=_PAIR),
    ("confid.median", "all"): Expression(_measured("confid.median")),
    # counted since the phase of the rollout began, which the guard alone knows
    ("drift.critical_events", "model"): Expression(
        'max by (scope) (levibot_alert_firing{job="api",rule="drift_critical"})', of="{{ $labels.scope }}"),
    ("drift.psi", "model_symbol"): Expression(
        f'max by (model, symbol) ({_PSI} unless {_PSI} <= levibot_drift_psi_limit{{job="api"}})', of=_PAIR),
    ("dlq.size", "all"): Expression('max(spark_dlq_size{job="api"})'),
    ("errors.rate", "all"): Expression(f"{_rows('errors')} / {_rows('rows')}", shown=_SHARE),
    ("errors.trading_rate", "all"): Expression(
        'sum(increase(levibot_errors_total{job="api",stage="trading"}[5m]))'),
    ("latency.engine_p95_ms", "all"): _p95("engine"),
    ("latency.inference_p95_ms", "all"): _p95("inference"),
    ("latency.predict_api_p95_ms", "all"): _p95("predict_api"),
    ("latency.score_e2e_p95_ms", "all"): _p95("score_e2e"),
    ("memory.rss_bytes", "all"): Expression(
        'process_resident_memory_bytes{job=~"signals|paper|guard|api"}', of=_JOB, shown=_BYTES),
    ("queue.depth_p95", "all"): Expression(
        'histogram_quantile(0.95, sum by (le) (rate(levibot_queue_depth_bucket{job="signals"}[5m])))'),
    ("scores.per_minute", "all"): Expression('sum(rate(levibot_ml_scores_total{job="api"}[1m])) * 60'),
    # of the last bar in the stream, at most five seconds younger than the last trade
    ("staleness.feature", "symbol"): Expression(
        f"max by (symbol) ({_STALENESS})", of=_SYMBOL, shown=_SECONDS),
    ("staleness.feature", "shard"): _freshest("staleness.feature"),
    ("staleness.tick", "symbol"): Expression(f"max by (symbol) ({_STALENESS})", of=_SYMBOL, shown=_SECONDS),
    ("staleness.tick", "shard"): _freshest("staleness.tick"),
    ("ticks.drop_rate", "all"): Expression(
        f"{_items('late|invalid')} / {_items('used|late|invalid')}", shown=_SHARE),
    ("ticks.per_minute", "all"): Expression(f"({_TICKS} or {_ONLINE})"),
    ("uptime.share", "all"): Expression(_measured("uptime.share"), shown=_SHARE),
}  # fmt: skip
"""By metric and scope, as docs/rules.md has them."""

OUTSIDE: dict[str, Expression] = {
    "api.errors": Expression('sum(increase(levibot_errors_total{job="api",stage="api"}[5m]))'),
    "epoch.age": Expression("levibot_epoch_age_seconds", of=_JOB, shown=_SECONDS),
    "guard.steps": Expression('changes(levibot_guard_second{job="guard"}[1m])'),
    "heartbeat.signals": Expression(
        'max(levibot_heartbeat_age_seconds{job="api",process="signals"})', shown=_SECONDS),
    "kill.on": Expression('max by (shard) (levibot_killed{job="api"})', of=_SHARD),
    "process.starts": Expression(
        'changes(process_start_time_seconds{job=~"signals|paper|guard|api"}[15m])', of=_JOB),
    "redis.memory": Expression('levibot_redis_memory_bytes{job="api"}', shown=_BYTES),
    "redis.up": Expression('levibot_redis_up{job="api"}'),
    "shards.silent": Expression('levibot_silent_shards{job="api"}'),
    "symbols.misrouted": Expression('levibot_misrouted_symbols{job="signals"}'),
    "partitions.unread": Expression('levibot_unread_partitions{job="signals"}'),
    "up.api": _up("api"),
    "up.guard": _up("guard"),
    "up.paper": _up("paper"),
    "up.signals": _up("signals"),
    "watchdog": Expression("vector(1)"),
    "webhook.waiting": Expression('levibot_webhook_waiting_seconds{job="webhook"}', shown=_SECONDS),
}  # fmt: skip
"""By the ``watch`` of the section ``outside`` of the rules file."""
