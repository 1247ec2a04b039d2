"""Records of the monitors as they are published, in the agreed shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Plain = dict[str, Any]

NS = 1_000_000_000
START_S = 1_795_219_200  # 2026-11-21 00:00 UTC, a whole hour
HORIZON_S = 60


def head(symbol: str, ts_s: int, model: str, *, sha: str = "", partition: int = 0) -> Plain:
    """Return what all records begin with."""
    return {
        "id": f"{symbol}{ts_s}{model}{sha}",
        "symbol": symbol,
        "venue": "binance",
        "ts": ts_s * NS,
        "model": model,
        "model_version": sha or "1",
        "reference": f"{model}@{sha}" if sha else model,
        "caused_by": {"topic": "ticks", "partition": partition, "offset": ts_s, "seq": 0},
        "ordinal": ts_s,
    }


def buckets(counts: Mapping[int, tuple[int, int, int, float]] = {}) -> list[Plain]:
    """Return ten buckets; ``counts`` gives said, n, up and the sum of scores by place."""
    found = [counts.get(place, (0, 0, 0, 0.0)) for place in range(10)]
    return [dict(zip(("said", "n", "up", "prob"), one, strict=True)) for one in found]


def error(value: float | None, floor: float | None = 0.02, limit: float | None = 0.05) -> Plain:
    """Return an ECE with an interval of 0.01 to both sides."""
    ends = {"low": None, "high": None} if value is None else {"low": value - 0.01, "high": value + 0.01}
    return {"value": value, "floor": floor, "limit": limit, **ends}


def figures(
    counts: Mapping[int, tuple[int, int, int, float]], n_eff: float | None = 16.0, **more: Any
) -> Plain:
    """Return the figures of a window of these counts; ``more`` replaces what they do not tell."""
    ten = buckets(counts)
    said, n, up = (sum(one[field] for one in ten) for field in ("said", "n", "up"))
    ece = sum(abs(one["prob"] - one["up"]) for one in ten) / n if n else None
    return {
        "seconds": 3_600, "said": said, "n": n, "n_eff": n_eff, "up": up, "hit_rate": 0.5, "realised": 0.001,
        "brier": {"value": 0.25, "reliability": 0.01, "resolution": 0.0, "uncertainty": 0.24, "within": 0.0},
        "log_loss": 0.69, "ece": error(ece), "ece_equal_mass": error(ece), "confid_median": 0.6,
        "balance": "balanced", "parts": {"rsi": 0.1, "macd": 0.2, "trend": None}, "buckets": ten,
        "deciles": [], **more,
    }  # fmt: skip


def calibration(
    symbol: str,
    end_s: int,
    *,
    model: str = "lgbm",
    bucket: Mapping[int, tuple[int, int, int, float]] | None = None,
    hour: Plain | None = None,
    day: Plain | None = None,
    **more: Any,
) -> Plain:
    """Return a ``calibration`` record of the five minutes that end at ``end_s``."""
    ten = buckets(bucket or {})
    tally = {field: sum(one[field] for one in ten) for field in ("said", "n", "up")}
    return {
        **head(symbol, end_s, model, **more),
        "kind": "calibration", "horizon_s": HORIZON_S, "start_s": end_s - 300,
        "bucket": {**tally, "hits": 0, "realised": 0.0, "buckets": ten}, "windows": {"1h": hour, "24h": day},
    }  # fmt: skip


def feature(psi: float | None, level: str | None = "ok", **more: Any) -> Plain:
    """Return the drift of a feature."""
    return {
        "psi": psi,
        "ks": 0.1,
        "psi_limit": 0.22,
        "ks_limit": 0.3,
        "expected_days": 2.5,
        "level": level,
    } | more


def levels(
    symbol: str,
    ts_s: int,
    features: Mapping[str, Plain],
    *,
    model: str = "lgbm",
    rows: int = 3_600,
    insufficient: bool = False,
    previous: Mapping[str, Plain] | None = None,
    **more: Any,
) -> Plain:
    """Return a ``drift`` record with levels, the same in both windows."""
    window = {"rows": rows, "insufficient_data": insufficient, "features": dict(features)}
    return {
        **head(symbol, ts_s, model, **more),
        "kind": "drift",
        "levels": {
            "windows": {"900": {**window, "rows": rows // 4}, "3600": window},
            "previous": {**window, "rows": rows // 4, "features": dict(previous or {})},
            "top": list(features)[:5],
        },
        "events": [],
        "days": [],
    }


def crossing(symbol: str, ts_s: int, before: str, level: str, *, model: str = "lgbm", **more: Any) -> Plain:
    """Return a ``drift`` record with one event."""
    event = {
        "kind": "recovered" if level == "ok" else "crossed",
        "before": before, "level": level, "detector": "psi", "window": "3600", "feature": "vol_60",
        "value": 0.31, "limit": 0.24,
    }  # fmt: skip
    told = {"kind": "drift", "levels": None, "events": [event], "days": []}
    return {**head(symbol, ts_s, model, **more), **told}


def score(symbol: str, ts_s: int, prob: float | None, parts: Sequence[float | None] | None = None) -> Plain:
    """Return an item of the audit topic."""
    context: Plain = {
        "confid": None if prob is None else max(prob, 1 - prob),
        "prob": prob,
        "fallback": False,
    }
    if parts is not None:
        context["ml_signal_parts"] = dict(zip(("rsi", "macd", "trend"), parts, strict=True))
    return {**head(symbol, ts_s, "lgbm"), "action": "ml.score", "context": context}
