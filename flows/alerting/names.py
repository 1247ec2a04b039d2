"""What an alert is called in Prometheus and in the runbook."""

from __future__ import annotations

OWNERS = {
    "tick_stale": "DataStale60s",
    "predict_latency_high": "LatencyP95High",
    "errors_spike": "PredictErrorSpike",
    "ticks_drop": "TicksDrop",
    "ticks_none": "SSENoTicks",
    "trading_errors": "TradingErrorsSpike",
    "daily_loss_near": "DailyLossNearLimit",
    "engine_latency_high": "EngineLatencyHigh",
}
"""Rules whose alerts have names that were there before them."""


def alert_name(rule: str) -> str:
    """Return the name of the alert of a rule: ``ece_alert`` is EceAlert."""
    return OWNERS.get(rule) or "".join(word.capitalize() for word in rule.split("_"))
