"""How fast and how well it serves."""

from __future__ import annotations

from connectors.metrics.described import API, SIGNALS, Described

SERVING: dict[str, Described] = {
    "levibot_latency_ms": Described(
        "histogram", ("stage",), SIGNALS + API,
        "Milliseconds at a measuring point. `ticks`: from the time of a tick record to its being read, so "
        "its count counts ticks; `inference`: a call of a model; `engine`: from the tick record that closed "
        "a second to the delivery of its signal; `score_e2e`: from the end of the second; `predict_api` (at "
        "the API alone): a request for a prediction. 5 stages."),
    "levibot_model_latency_seconds": Described(
        "histogram", ("model", "cache"), SIGNALS + API,
        "Seconds of a call of a model, for each shard whose rows it answered. Nothing is cached: `cache` is "
        "always `off`. One series a loaded model."),
    "levibot_predict_requests_total": Described(
        "counter", ("symbol", "model", "outcome"), API,
        "Answers to requests for a prediction, by the model that made it. Where none did (outcomes `demo`, "
        "`refused`, `limited`, `unknown_symbol`) `symbol` is `other` and `model` is `none`."),
    "levibot_errors_total": Described(
        "counter", ("stage",), (*SIGNALS, "paper", "api"),
        "Errors. `ticks`: items that could not be read or believed; `model`: rows on which the model failed; "
        "`trading`: orders that failed for another reason than the account's rules; `redis`: reads of the "
        "API that Redis did not answer; `api`: requests that the API could not answer."),
    "levibot_fallback_events_total": Described(
        "counter", ("reason",), SIGNALS + API,
        "Symbols that began to be scored by the fallback model, by reason."),
    "levibot_queue_depth": Described(
        "histogram", ("shard",), SIGNALS,
        "Records of the tick log not taken in, looked at once a second."),
    "levibot_lag_records": Described(
        "gauge", ("shard",), SIGNALS, "Records of the tick log not taken in."),
    "levibot_lag_seconds": Described(
        "gauge", ("shard",), SIGNALS,
        "How far the log time of a shard is behind the clock while records wait; 0 while none do."),
    "levibot_event_time_skew_seconds": Described(
        "gauge", ("shard",), SIGNALS,
        "The clock when the last tick was read, less the exchange's time of it; below 0 where that is "
        "ahead."),
    "levibot_rows_total": Described(
        "counter", ("shard", "what"), SIGNALS + API,
        "Symbol seconds since the process began: `rows` answered, of them `errors` on which the model "
        "failed, "
        "`fallback`, `guarded`, `advisory`, `canary_blocked`, and `aged`, of seconds long past."),
    "levibot_signals_total": Described(
        "counter", ("shard", "signal"), SIGNALS + API, "Signals since the process began: buy, sell, hold."),
    "levibot_ml_scores_total": Described(
        "counter", ("shard",), SIGNALS + API, "`ml.score` items since the process began."),
    "levibot_ml_bucket_total": Described(
        "counter", ("bucket",), SIGNALS + API,
        "Scores since the process began, by the tenth of the probability: 0 is 0.0 to 0.1, 9 is 0.9 to 1.0."),
}  # fmt: skip
