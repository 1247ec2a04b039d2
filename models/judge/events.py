"""Bodies of the edge-triggered events: staleness and fallback."""

from __future__ import annotations

from typing import Any

from models.desk.desk import Desk
from models.desk.references import name_of
from models.judge.bodies import Row
from models.judge.episodes import Change
from models.judge.panel import Scores
from models.judge.records import FALLBACK, STALENESS, Shard
from models.scoring.scorer import FALLBACK as FALLBACK_MODEL

__all__ = ["FALLBACK", "STALENESS", "expired", "fallback", "staleness"]

_LEVELS = ("ok", "warn", "crit")
_CAUSES = ("", "guard", "stale", "model_missing", "selected", "breaker")


def staleness(row: Row, metric: str, change: Change, age: float, ladder: tuple[float, ...]) -> dict[str, Any]:
    """Return the event of a symbol whose last trade's or bar's age crossed a limit, up or down."""
    limit = ladder[max(change.level, change.before) - 1]
    return row.body(metric, change.level) | {
        "metric": metric,
        "event": "recovered" if change.level == 0 else "crossed",
        "level": _LEVELS[change.level],
        "before": _LEVELS[change.before],
        "age_s": age,
        "limit_s": limit,
        "caused_by": row.cause,
    }


def expired(row: Row, ttl_s: int) -> dict[str, Any]:
    """Return the last event of a symbol whose time to live passed without a trade."""
    return row.body("staleness", "expired") | {
        "metric": "staleness.tick",
        "event": "expired",
        "level": "expired",
        "limit_s": ttl_s,
        "caused_by": row.cause,
    }


def breaker(rows: list[Row], scores: Scores, desk: Desk, shard: Shard) -> list[dict[str, Any]]:
    """Return an event for each transition of the active model's breaker, at the row that made it."""
    return [
        {
            "id": rows[change.row].id("breaker", change.before, change.after),
            "shard": shard.key,
            "ts": rows[change.row].end,
            "event": "breaker",
            "state": change.after,
            "before": change.before,
            "model": name_of(desk.model),
            "caused_by": rows[change.row].cause,
        }
        for change in scores.transitions
    ]


def fallback(row: Row, change: Change, model: str) -> dict[str, Any]:
    """Return the event of a symbol that began or ceased to be scored by the fallback model."""
    inside = change.level > 0
    return row.body("fallback", change.level) | {
        "event": "enter" if inside else "exit",
        "reason": _CAUSES[change.level or change.before],
        "model": FALLBACK_MODEL if inside else model,
        "instead_of": model if inside else FALLBACK_MODEL,
        "caused_by": row.cause,
    }
