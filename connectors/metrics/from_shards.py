"""Metrics of shards, off their views: those of one process, or of all as Redis has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from prometheus_client.core import Metric

from connectors.metrics.desks import desk_families
from connectors.metrics.edges import LATENCY_MS, MODEL_S
from connectors.metrics.families import Buckets, Labels, counter, gauge, histogram
from connectors.metrics.from_monitors import monitor_families
from connectors.metrics.from_symbols import symbol_families
from connectors.metrics.rising import Rising, Vector

Plain = dict[str, Any]

_NS = 1e9
_BREAKER = {"closed": 0.0, "half_open": 0.5, "open": 1.0}
_ROWS = ("rows", "errors", "fallback", "guarded", "advisory", "canary_blocked", "aged")
_SIGNALS = ("buy", "sell", "hold")
_OUTCOMES = ("matured", "hits", "ties", "stale")
FALLBACKS = ("guard", "stale", "model_missing", "selected", "breaker")
LEVELS = ("watch", "alert", "kill")
_TOLD = "told"
"""In a view: what the process behind it has counted since it began (``flows.metrics.told``)."""


class ShardFamilies:
    """Remembers what shards had counted, so that no sum over them falls when one begins anew."""

    def __init__(self, stale_after_s: float) -> None:
        self._stale_after_s = stale_after_s
        self._rising = Rising()

    def of(self, shards: Sequence[Plain], now: int) -> Iterator[Metric]:
        """Yield the metrics of shards' views at ``now``, ns."""
        yield from symbol_families(shards, now, self._stale_after_s)
        yield from monitor_families(shards)
        yield from desk_families(shards)
        yield from _books(shards)
        yield from _counts(shards)
        yield from self._sums(shards)

    def errors(self, shards: Sequence[Plain]) -> dict[Labels, float]:
        """Return the errors of the flow by stage."""
        invalid = self._total("invalid", shards, lambda shard: (shard["ledger"]["invalid"],))
        failed = self._total(
            "errors", shards, lambda shard: (_told(shard).get("counts", {}).get("errors", 0),)
        )
        return {("ticks",): invalid[0] if invalid else 0.0, ("model",): failed[0] if failed else 0.0}

    def _total(self, key: str, shards: Sequence[Plain], of: Callable[[Plain], Sequence[float]]) -> Vector:
        return self._rising.total(key, {shard["shard"]: of(shard) for shard in shards})

    def _sums(self, shards: Sequence[Plain]) -> Iterator[Metric]:
        fallbacks = self._by("fallbacks", shards, lambda s: {k: (n,) for k, n in s["fallbacks"].items()})
        counts = {why: n[0] for why, n in fallbacks.items()}
        yield counter("levibot_fallback_events_total", _from_0(counts, FALLBACKS, shards))
        drift = self._by("drift", shards, lambda s: {k: (n,) for k, n in s.get("drift_events", {}).items()})
        counts = {level: n[0] for level, n in drift.items()}
        yield counter("levibot_drift_events_total", _from_0(counts, LEVELS, shards))
        tenths = self._by(
            "buckets", shards, lambda s: dict(enumerate((n,) for n in _told(s).get("buckets", ())))
        )
        yield counter("levibot_ml_bucket_total", {(str(tenth),): n[0] for tenth, n in tenths.items()})
        stages = self._by("latency", shards, lambda shard: _told(shard).get("latency", {}))
        latency = {(str(stage),): _buckets(v) for stage, v in stages.items()}
        yield histogram("levibot_latency_ms", LATENCY_MS, latency)
        models = self._by("models", shards, lambda shard: _told(shard).get("models", {}))
        calls = {(str(model), "off"): _buckets(v) for model, v in models.items()}
        yield histogram("levibot_model_latency_seconds", MODEL_S, calls)

    def _by(
        self, key: str, shards: Sequence[Plain], of: Callable[[Plain], dict[Any, Any]]
    ) -> dict[Any, Vector]:
        """Return sums by what ``of`` gives of each shard."""
        parts: dict[Any, dict[str, Any]] = defaultdict(dict)
        for shard in shards:
            for name, values in of(shard).items():
                parts[name][shard["shard"]] = values
        return {name: self._rising.total((key, name), by_shard) for name, by_shard in parts.items()}


def _from_0(counts: dict[str, float], known: Sequence[str], shards: Sequence[Plain]) -> dict[Labels, float]:
    """Return counts by label, those of which nothing was heard as 0: the first would else be no rise."""
    return {(name,): n for name, n in (dict.fromkeys(known if shards else (), 0.0) | counts).items()}


def _told(shard: Plain) -> Plain:
    found: Plain = shard.get(_TOLD) or {}
    return found


def _buckets(vector: Vector) -> Buckets:
    return vector[:-1], vector[-1]


def _books(shards: Sequence[Plain]) -> Iterator[Metric]:
    """Yield what shards have in their books, each by itself."""
    ledger = {(s["shard"], what): n for s in shards for what, n in s["ledger"].items()}
    yield counter("levibot_ledger_items_total", ledger)
    yield gauge("spark_dlq_size", sum(shard["dlq_size"] for shard in shards))
    yield gauge("levibot_shard_offset", {(s["shard"],): s["offset"] for s in shards})
    yield gauge("levibot_journal_sequence", {(s["shard"],): s["seq"] for s in shards})
    outcomes = {(s["shard"], w): s["outcomes"][w] for s in shards for w in _OUTCOMES if w in s["outcomes"]}
    yield counter("levibot_outcomes_total", outcomes)
    waiting = {(s["shard"],): s["outcomes"].get("waiting", 0) for s in shards}
    yield gauge("levibot_outcomes_pending", waiting)
    breakers = {(s["shard"],): _BREAKER[s.get("breaker", "closed")] for s in shards}
    yield gauge("levibot_breaker_open", breakers)


def _counts(shards: Sequence[Plain]) -> Iterator[Metric]:
    """Yield what processes have counted of their shards since they began."""
    counts = {s["shard"]: _told(s)["counts"] for s in shards if _told(s)}
    rows = {(key, what): c.get(what, 0) for key, c in counts.items() for what in _ROWS}
    yield counter("levibot_rows_total", rows)
    signals = {(key, what): c.get(what, 0) for key, c in counts.items() for what in _SIGNALS}
    yield counter("levibot_signals_total", signals)
    yield counter("levibot_ml_scores_total", {(key,): c.get("ml_score", 0) for key, c in counts.items()})


def last_update(written_at: Sequence[int]) -> Metric:
    """Return when anything was published last; ``written_at`` are wall clocks, ns."""
    return gauge("spark_last_update_timestamp", max(written_at) / _NS if written_at else None)
