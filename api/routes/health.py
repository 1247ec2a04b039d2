"""Whether the product is well: one handler under all the names by which it is asked."""

from __future__ import annotations

from fastapi import APIRouter

from api.context import Context, Ctx
from api.http.answers import Json
from api.openapi.schemas import Health, answers
from api.shown.freshness import Plain, executor, is_online
from connectors.redis.ages import trade_age_s
from connectors.redis.reader import RedisDownError

router = APIRouter(tags=["health"])


@router.get("/healthz", responses=answers(Health))
@router.get("/health", responses=answers(Health))
@router.get("/api/healthz", responses=answers(Health))
def health(context: Ctx) -> Json:
    """Tell versions, whether Redis and the executor (the flow) are there, and how old the features are.

    Always 200 while the API runs: `ok` and `status` (OK, DEGRADED, DEMO) tell the rest. The executor is
    offline when no shard has published for 3 s. `feature_staleness_sec` is the longest time since a trade
    that a symbol's features rest on, symbols past their time to live left out; null when nothing is known.
    """
    try:
        shards = context.reader.shards()
    except RedisDownError:
        context.metrics.errors.labels("redis").inc()
        return Json(_body(context, {}, redis="down"))
    return Json(_body(context, shards, redis="up"))


def _body(context: Context, shards: dict[str, Plain], redis: str) -> Plain:
    now, limit = context.clock(), context.settings.offline_after_s
    state = executor(shards.values(), now, limit)
    silent = [shard for shard, head in shards.items() if not is_online(head, now, limit)]
    status = {"online": "OK", "partial": "DEGRADED", "offline": "DEMO"}[state]
    return {
        "ok": status == "OK",
        "status": status,
        "_mock": status == "DEMO",
        "version": context.version,
        "buildSha": context.settings.levibot_build_sha,
        "feature_staleness_sec": _staleness(shards, now),
        "redis": redis,
        "executor": state,
        "shards": {"known": len(shards), "online": len(shards) - len(silent), "silent": silent},
        "ts": now,
    }


def _staleness(shards: dict[str, Plain], now: int) -> float | None:
    symbols = [s for shard in shards.values() for s in shard["symbols"].values() if s["level"] != "expired"]
    ages = [age for s in symbols if (age := trade_age_s(s, now)) is not None]
    return max(ages, default=None)
