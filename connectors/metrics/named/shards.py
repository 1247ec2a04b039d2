"""What a shard is, and who may trade what on it."""

from __future__ import annotations

from connectors.metrics.described import API, SIGNALS, Described

_BOTH = SIGNALS + API

SHARDS: dict[str, Described] = {
    "levibot_market_ticks_per_minute": Described(
        "gauge", ("symbol",), _BOTH, "Trades in the minute before the last closed second."),
    "levibot_features_staleness_seconds": Described(
        "gauge", ("symbol",), _BOTH,
        "Seconds since the last trade behind a symbol's features; grows on while nothing comes."),
    "levibot_price": Described("gauge", ("symbol",), _BOTH, "The last price of a symbol."),
    "levibot_probability": Described(
        "gauge", ("symbol",), _BOTH, "How likely a rise over the next 60 s is, as last published."),
    "levibot_confidence": Described(
        "gauge", ("symbol",), _BOTH, "max(p, 1 - p) of a symbol's last score."),
    "levibot_model_uncertainty": Described(
        "gauge", ("symbol",), _BOTH,
        "Standard deviation over the members of the ensemble, else 1 less the confidence, of the last "
        "score."),
    "levibot_active_model_info": Described(
        "info", ("name", "version"), _BOTH, "The active model; always 1."),
    "levibot_model_switches_total": Described("counter", (), _BOTH, "Changes of the active model."),
    "levibot_ensemble_weight": Described(
        "gauge", ("member",), _BOTH, "Share of a model in the ensemble; they add up to 1."),
    "levibot_signal_part_weight": Described(
        "gauge", ("part",), _BOTH, "Share of rsi, macd or trend in `ml-fusion`; they add up to 1."),
    "levibot_policy": Described(
        "gauge", ("what",), _BOTH, "Thresholds in force: `entry`, `exit`, `confid_floor`."),
    "levibot_killed": Described("gauge", ("shard",), _BOTH, "1 while a shard is under a kill of everything."),
    "levibot_halted": Described("gauge", ("shard",), _BOTH, "1 while a shard's orders are halted."),
    "levibot_canary": Described("gauge", ("shard",), _BOTH, "1 while only the canary symbols may trade."),
    "levibot_preview": Described(
        "gauge", ("shard",), _BOTH, "1 while every signal is advisory (auto-pause)."),
    "levibot_rollout_fraction": Described(
        "gauge", ("shard",), _BOTH, "Share of the symbols whose signals may be acted upon."),
    "levibot_ledger_items_total": Described(
        "counter", ("shard", "what"), _BOTH,
        "Items of the tick log by what became of them: read, used, skipped, late, duplicate, invalid."),
    "levibot_shard_offset": Described(
        "gauge", ("shard",), _BOTH, "Next tick offset behind what a shard has published: its barrier."),
    "levibot_journal_sequence": Described(
        "gauge", ("shard",), _BOTH, "Next journal sequence behind what a shard has published."),
    "levibot_outcomes_total": Described(
        "counter", ("shard", "what"), _BOTH,
        "Predictions whose time has come: matured, of them hits; ties and stale ones are not counted."),
    "levibot_outcomes_pending": Described(
        "gauge", ("shard",), _BOTH, "Published predictions whose outcome has not come."),
    "levibot_breaker_open": Described(
        "gauge", ("shard",), _BOTH,
        "1 while the circuit breaker of the active model is open, 0.5 half open, 0 closed."),
    "levibot_drift_events_total": Described(
        "counter", ("level",), _BOTH,
        "Episodes of drift that began or rose to a level since the process began: watch, alert, kill."),
    "spark_dlq_size": Described("gauge", (), _BOTH, "Invalid items of the last hour of log time."),
    "spark_last_update_timestamp": Described(
        "gauge", (), _BOTH, "Time of the last publication, in seconds since 1970."),
    "levibot_shard_age_seconds": Described(
        "gauge", ("shard",), API, "Seconds since a shard published its view."),
}  # fmt: skip
