"""What anybody may see, and what is answered in any case: without Redis or a view flagged as DEMO."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter

from api.context import Context, Ctx
from api.http.answers import Json
from api.shown.freshness import Plain, age_s, executor
from api.shown.guard import UNITS, Measured, firing, told
from api.shown.living import living
from connectors.redis.reader import RedisDownError

router = APIRouter(prefix="/api/public", tags=["public"])

LIVE = {"_mock": False, "status": "LIVE", "fallback": False}
DEMO = {"_mock": True, "status": "DEMO", "fallback": True}


@router.get("/alert/last")
def last_alert(context: Ctx) -> Json:
    """Tell the last alert, and how many fire; `alert` is null where there was none in seven days.

    200 with `_mock: true`, `status: "DEMO"`, `fallback: true` while Redis is down or no guard lives.
    """
    return _in_any_case(context, _last_alert, {"alert": None, "firing": None})


@router.get("/metrics")
def metrics(context: Ctx) -> Json:
    """Tell the service levels and what is counted, as one JSON object for pages and scripts.

    `p95_ms` is the 95th percentile of a second's end to its signal over five minutes, `staleness_s` the time
    since the last trade on the shard that waits longest, `error_rate` the percentage of rows on which the
    model failed. Null where it is not known at present. DEMO as for the last alert.
    """
    return _in_any_case(context, _metrics, dict.fromkeys(_NOTHING))


@router.get("/smoke-last")
def smoke(context: Ctx) -> Json:
    """Tell what the last `levibot check quick` or `full` found, and when; DEMO where there was none."""
    return _in_any_case(context, _smoke, {})


_NOTHING = (
    "p95_ms", "staleness_s", "error_rate", "executor", "shards", "symbols", "ticks_per_minute",
    "scores_per_minute", "confid_median", "dlq_size", "alerts_firing", "measured_age_s",
)  # fmt: skip


def _in_any_case(context: Context, ask: Callable[[Context, int], Plain | None], nothing: Plain) -> Json:
    now = context.clock()
    try:
        found = ask(context, now)
    except RedisDownError:
        context.metrics.errors.labels("redis").inc()
        found = None
    return Json({**(DEMO | nothing if found is None else LIVE | found), "ts": now})


def _last_alert(context: Context, now: int) -> Plain | None:
    guard = context.reader.guard()
    if not living(guard, now, context.settings.offline_after_s)["online"]:
        return None
    last = [told(one, now) for one in context.reader.alerts(1)]
    return {"alert": last[0] if last else None, "firing": len(firing(guard, now))}


def _metrics(context: Context, now: int) -> Plain | None:
    shards, guard = context.reader.shards(), context.reader.guard()
    limit = context.settings.offline_after_s
    state = executor(shards.values(), now, limit)
    if state == "offline":
        return None
    measured = Measured(guard, now)
    alive = living(guard, now, limit)["online"]
    return {
        **measured.levels(),
        "units": UNITS,
        "executor": state,
        "shards": len(shards),
        "symbols": sum(len(shard["symbols"]) for shard in shards.values()),
        "ticks_per_minute": measured.value("ticks.per_minute"),
        "scores_per_minute": measured.value("scores.per_minute"),
        "confid_median": measured.value("confid.median"),
        "dlq_size": sum(shard["dlq_size"] for shard in shards.values() if not shard["gone"]),
        "alerts_firing": len(firing(guard, now)) if alive else None,
        "measured_age_s": measured.age_s,
    }


def _smoke(context: Context, now: int) -> Plain | None:
    found = context.reader.smoke()
    if found is None:
        return None
    return {**found, "status": "OK" if found["ok"] else "FAILED", "age_s": age_s(found["at"], now)}
