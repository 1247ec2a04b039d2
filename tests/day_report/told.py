"""Records of the topics that a report reads, by what it looks at of them."""

from __future__ import annotations

from typing import Any

from models.spec import SECOND

DAY_S = 1_700_006_400 // 86_400 * 86_400
"""A midnight, s."""
CAUSE = {"topic": "ticks", "partition": 0}


def alert(n: int, event: str, rule: str, at: int, since: int, **more: Any) -> dict[str, Any]:
    """Return a record of ``alerts``; times are seconds of the day."""
    return {
        "ordinal": n, "event": event, "rule": rule, "ts": (DAY_S + at) * SECOND,
        "since": (DAY_S + since) * SECOND, "severity": "P2", "metric": "errors.rate", "scope": "all",
        "op": ">", "threshold": 0.01, "value": 0.02, "n": 100, "actions": ["alert"], "auto_pause": False,
        "runbook": "docs/runbook.md#errorsyellow",
    } | more  # fmt: skip


def stale(event: str, symbol: str, at: float, age: float = 0.0, partition: int = 0) -> dict[str, Any]:
    """Return a record of ``staleness``."""
    return {
        "metric": "staleness.tick", "event": event, "symbol": symbol, "venue": "", "age_s": age,
        "ts": round((DAY_S + at) * SECOND), "ordinal": round(at * 1_000),
        "caused_by": CAUSE | {"partition": partition},
    }  # fmt: skip


def score(at: int, symbol: str = "BTCUSDT", parts: tuple[float, ...] = (), **more: Any) -> dict[str, Any]:
    """Return an ``ml.score`` item of ``audit``."""
    context: dict[str, Any] = {"confid": 0.6, "prob": 0.6, "fallback": False}
    if parts:
        context["ml_signal_parts"] = dict(zip(("rsi", "macd", "trend"), parts, strict=True))
    return {
        "action": "ml.score", "symbol": symbol, "venue": "", "ts": (DAY_S + at) * SECOND,
        "model": "ml-fusion",
        "context": context | more, "caused_by": CAUSE,
    }  # fmt: skip


def move(n: int, event: str, phase: str, at: int, **more: Any) -> dict[str, Any]:
    """Return a record of ``rollout``."""
    return {
        "ordinal": n, "event": event, "phase": phase, "ts": (DAY_S + at) * SECOND, "profile": "spark",
        "run": "r1", "to": "running", "model": "m@1", "reason": "asked for", "checks": [],
    } | more  # fmt: skip
