"""The guard: what it measures, what fires, where the rollout stands."""

from __future__ import annotations

from connectors.metrics.described import API, GUARD, Described

_ON = GUARD + API

GUARDED: dict[str, Described] = {
    "levibot_measure": Described(
        "gauge", ("metric",), _ON,
        "What the guard measured last of all together, by the metric's name in docs/rules.md, such as "
        "`latency.score_e2e_p95_ms`, `errors.rate`, `scores.per_minute`."),
    "levibot_alert_firing": Described(
        "gauge", ("rule", "scope", "severity"), _ON, "1 while a rule fires; absent else."),
    "levibot_alerts_firing": Described(
        "gauge", ("severity",), _ON, "How many rules fire, by severity; 0 where none does."),
    "levibot_rollout_info": Described(
        "info", ("profile", "state", "phase"), _ON, "Where the rollout stands; always 1."),
    "levibot_rollout_dwell_seconds": Described("gauge", (), _ON, "Time served in the phase of the rollout."),
    "levibot_kill_acknowledgement_seconds": Described(
        "gauge", (), _ON, "The longest time from a kill to the last shard's acknowledgement in the run."),
    "levibot_silent_shards": Described(
        "gauge", (), _ON, "Shards that the guard has not heard of for a while."),
    "levibot_guard_second": Described(
        "gauge", (), _ON, "Second of the epoch up to which the guard has looked."),
    "levibot_guard_records_total": Described(
        "counter", ("topic", "event"), GUARD, "Records of the guard since the process began."),
    "levibot_api_up": Described(
        "gauge", (), GUARD, "1 if the API said that all is well when asked last, else 0."),
    "levibot_api_probes_total": Described(
        "counter", ("outcome",), GUARD, "How often the API was asked whether all is well: up, down."),
}  # fmt: skip
