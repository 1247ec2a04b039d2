"""Metrics of symbols, off the views of the shards that have them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from prometheus_client.core import Metric

from connectors.metrics.families import Labels, gauge
from connectors.redis.ages import ticks_per_minute, trade_age_s

Plain = dict[str, Any]

_SHOWN = {
    "levibot_price": "price",
    "levibot_probability": "prob",
    "levibot_confidence": "confid",
    "levibot_model_uncertainty": "uncertainty",
}
"""What is told of the last signal of a symbol."""


def symbol_families(shards: Sequence[Plain], now: int, stale_after_s: float) -> Iterator[Metric]:
    """Yield the metrics of all symbols at ``now``, ns.

    Ages go on growing; of what is older than ``stale_after_s`` nothing else is told. Of a symbol on two
    shards the worse age counts, and its ticks add up.
    """
    staleness: dict[Labels, float] = {}
    ticks: dict[Labels, float] = defaultdict(float)
    last: dict[str, dict[Labels, float]] = {name: {} for name in _SHOWN}
    for name, symbol in ((n, s) for shard in shards for n, s in shard["symbols"].items()):
        age = trade_age_s(symbol, now)
        if age is not None and symbol["level"] != "expired":
            staleness[name,] = max(age, staleness.get((name,), age))
        signal = symbol["signal"]
        if now - signal["ts"] <= stale_after_s * 1e9:
            ticks[name,] += ticks_per_minute(symbol) or 0
            for metric, field in _SHOWN.items():
                if signal.get(field) is not None:
                    last[metric][name,] = signal[field]
    yield gauge("levibot_features_staleness_seconds", staleness)
    yield gauge("levibot_market_ticks_per_minute", ticks)
    for metric, values in last.items():
        yield gauge(metric, values)
