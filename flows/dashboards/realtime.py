"""The dashboard "levibot-realtime": is it healthy now, and if not, where to look."""

from __future__ import annotations

from flows.dashboards.lines import lines_of
from flows.dashboards.panels import Panel, Query
from flows.dashboards.production import slo_timechart
from flows.dashboards.queries import api, every, of, quantile, rate, total, watched
from models.profiles.profile import Profile
from models.rules.rule import Rule

TITLE, UID = "LEVIBOT realtime", "levibot-realtime"

Rules = tuple[Rule, ...]

_SHARD, _SYMBOL, _JOB = "{{shard}}", "{{symbol}}", "{{job}}"
_NO_YES = ((0, "no", "green"), (1, "YES", "red"))


def realtime(base: Rules, runbook: Profile, spark: Profile, marathon: Profile) -> list[Panel]:
    """Return the panels, with the lines of the profiles in which the owner asks for them."""
    rules = runbook.in_force(base)
    return [
        *_state(), slo_timechart(spark.in_force(base)), *_latency(rules), *_market(rules, base),
        *_money(), *_machine(marathon.in_force(base)),
    ]  # fmt: skip


def _state() -> list[Panel]:
    def stat(title: str, query: str, legend: str, meaning: str, **more: object) -> Panel:
        return Panel(title, "stat", (Query(query, legend),), meaning, width=4, height=4, instant=True, **more)  # type: ignore[arg-type]

    info = "{{profile}} {{state}} {{phase}}"
    return [
        stat("Online", api("levibot_online"), "{{process}}", "Share of each flow's parts seen to turn.",
             mappings=((0, "OFFLINE", "red"), (1, "online", "green"))),
        stat("Killed", f"max({api('levibot_killed')})", "killed", "Whether any shard is under a kill.",
             mappings=_NO_YES),
        stat("Active model", api("levibot_active_model_info"), "{{name}} {{version}}", "What decides.",
             show_name=True),
        stat("Rollout", api("levibot_rollout_info"), info, "Profile, state and phase.", show_name=True),
        stat("Alerts firing", total(api("levibot_alerts_firing"), "severity"), "{{severity}}",
             "By severity."),
        stat("Dead letters", watched("dlq.size"), "invalid", "Invalid items of the last hour."),
    ]  # fmt: skip


def _latency(rules: Rules) -> list[Panel]:
    return [
        Panel(
            "Latency p95", "timeseries",
            (Query(quantile(api("levibot_latency_ms_bucket"), "stage"), "{{stage}}"),),
            "95th percentile of five minutes at each measuring point; the line is that of the engine.", "ms",
            lines_of(rules, "latency.engine_p95_ms", "all")),
        Panel(
            "Model latency p95", "timeseries",
            (Query(quantile(api("levibot_model_latency_seconds_bucket"), "model"), "{{model}}"),),
            "Of a call of each model.", "s"),
        Panel(
            "Predict requests", "timeseries",
            (Query(total(rate(api("levibot_predict_requests_total"))), "requests"),
             Query(total(rate(api("levibot_predict_requests_total")), "outcome"), "{{outcome}}")),
            "Answers of the API in a second, by outcome.", "reqps"),
        Panel(
            "Errors", "timeseries", (Query(total(rate(api("levibot_errors_total")), "stage"), "{{stage}}"),),
            "Errors in a second, by stage.", "short"),
        Panel(
            "Fallback events", "timeseries",
            (Query(total(rate(api("levibot_fallback_events_total"), "5m"), "reason"), "{{reason}}"),),
            "Symbols that began to be scored by the fallback, in a second.", "short"),
        Panel(
            "Model switches", "timeseries", (Query(api("levibot_model_switches_total"), "switches"),),
            "Changes of the active model.", "short"),
    ]  # fmt: skip


def _market(rules: Rules, base: Rules) -> list[Panel]:
    return [
        Panel(
            "Market ticks per minute", "timeseries",
            (Query(watched("ticks.per_minute"), "all"),
             Query(api("levibot_market_ticks_per_minute"), _SYMBOL)),
            "Trades in the last minute, of all and of each symbol; the lines are those of all.", "short",
            lines_of(rules, "ticks.per_minute", "all")),
        Panel(
            "Features staleness", "timeseries", (Query(watched("staleness.tick", "symbol"), _SYMBOL),),
            "Seconds since the last trade.", "s", lines_of(base, "staleness.tick", "symbol")),
        Panel(
            "Ticks by what became of them", "timeseries",
            (Query(total(rate(api("levibot_ledger_items_total")), "what"), "{{what}}"),),
            "Items in a second: read = used + skipped + late + duplicate + invalid.", "short"),
        Panel(
            "Queue depth p95", "timeseries", (Query(watched("queue.depth_p95"), "all"),),
            "Records of the tick log not taken in.", "short"),
        Panel(
            "Lag", "timeseries", (Query(of("signals", "levibot_lag_seconds"), _SHARD),),
            "How far log time is behind the clock while records wait.", "s"),
        Panel(
            "Event-time skew", "timeseries",
            (Query(of("signals", "levibot_event_time_skew_seconds"), _SHARD),),
            "The clock less the exchange's time of the last tick.", "s"),
        Panel(
            "Signals per minute", "timeseries",
            (Query(f"{total(rate(api('levibot_signals_total')), 'signal')} * 60", "{{signal}}"),),
            "By what they say.", "short"),
        Panel("Price", "timeseries", (Query(api("levibot_price"), _SYMBOL),), "The last one.", "short"),
        Panel(
            "Confidence", "timeseries", (Query(api("levibot_confidence"), _SYMBOL),),
            "max(p, 1 - p) of the last score."),
    ]  # fmt: skip


def _money() -> list[Panel]:
    return [
        Panel(
            "Equity", "timeseries", (Query(api("levibot_equity"), "{{book}}"),), "Of the paper books.",
            "short"),
        Panel(
            "Drawdown", "timeseries", (Query(api("levibot_paper_drawdown"), "{{book}}"),),
            "Share below the peak.", "percentunit"),
        Panel(
            "Paper orders", "timeseries",
            (Query(total(rate(of("paper", "levibot_paper_events_total"), "5m"), "event", "reason"),
                   "{{event}} {{reason}}"),),
            "Fills and orders not filled, in a second.", "short"),
    ]  # fmt: skip


def _machine(rules: Rules) -> list[Panel]:
    return [
        Panel(
            "Memory", "timeseries", (Query(watched("memory.rss_bytes"), _JOB),), "Resident.", "bytes",
            lines_of(rules, "memory.rss_bytes", "all")),
        Panel(
            "Processor", "timeseries",
            (Query(rate('process_cpu_seconds_total{job=~"signals|paper|guard|api"}'), _JOB),),
            "Cores in use.", "short"),
        Panel(
            "Heartbeats", "timeseries", (Query(api("levibot_heartbeat_age_seconds"), "{{process}}"),),
            "Seconds since a flow's loop was seen to turn.", "s"),
        Panel(
            "State on disk", "timeseries", (Query(every("levibot_epoch_age_seconds"), _JOB),),
            "Seconds since the state was written.", "s"),
        Panel(
            "Redis writers", "timeseries",
            (Query(every("levibot_redis_writer_age_seconds"), "age {{job}}"),
             Query(total(rate(every("levibot_redis_write_failures_total")), "job"), "failures {{job}}")),
            "Seconds since Redis took a view, and failures in a second.", "short"),
        Panel(
            "Redis memory", "timeseries", (Query(api("levibot_redis_memory_bytes"), "used"),),
            "Of everything in it.", "bytes"),
    ]  # fmt: skip
