"""The service levels now and over time, for scripts that watch them."""

from __future__ import annotations

from fastapi import APIRouter

from api.context import Context, Ctx
from api.http.answers import Json
from api.shown.freshness import Plain
from api.shown.guard import SERVICE_LEVELS, UNITS, Measured
from api.shown.living import living, state
from api.shown.windows import Window, seconds_of
from models.spec import SECOND

router = APIRouter(prefix="/api/tools", tags=["tools"])

EVERY_S = 60
"""Of the log's time, between two points of a series."""


@router.get("/get_metrics")
def get_metrics(context: Ctx) -> Json:
    """Tell `p95_ms`, `staleness_s` and `error_rate` at present, as the guard has measured them.

    `p95_ms`: the 95th percentile of a second's end to its signal (`score_e2e`) over the last five minutes.
    `staleness_s`: seconds since the last trade, of the shard that waits longest. `error_rate`: percent of the
    rows of the last five minutes on which the model failed. Null where nothing is known, or where what was
    measured is over 60 s old; `ages` tells how old each is.
    """
    now, guard = context.clock(), context.reader.guard()
    measured = Measured(guard, now)
    alive = living(guard, now, context.settings.offline_after_s)
    return Json(
        {
            **measured.levels(),
            "ages": {name: measured.age(metric) for name, (metric, _) in SERVICE_LEVELS.items()},
            "units": UNITS,
            "metrics": {name: metric for name, (metric, _) in SERVICE_LEVELS.items()},
            "status": state(guard, alive["online"]),
            "guard": alive,
            "ts": now,
        }
    )


@router.get("/metrics/timeseries")
def timeseries(context: Ctx, window: Window = "1h") -> Json:
    """Tell the same three over a window of the log's time: a point a minute in `data`, oldest first.

    Each has its `ts` (ns); a value is null where nothing was measured. Seven days are kept.
    """
    now, guard = context.clock(), context.reader.guard()
    end = (guard or {"second": 0})["second"] or now // SECOND
    found = _points(context, end - seconds_of(window))
    return Json(
        {
            "window": window, "every_s": EVERY_S, "units": UNITS, "count": len(found), "data": found,
            "status": state(guard, living(guard, now, context.settings.offline_after_s)["online"]), "ts": now,
        }
    )  # fmt: skip


def _points(context: Context, since_s: int) -> list[Plain]:
    found: dict[int, Plain] = {}
    for name, (metric, times) in SERVICE_LEVELS.items():
        for point in context.reader.slo_series(metric, since_s):
            if point["scope"] == "all":
                empty = {"ts": point["second"] * SECOND, **dict.fromkeys(SERVICE_LEVELS)}
                found.setdefault(point["second"], empty)[name] = point["value"] * times
    return [found[second] for second in sorted(found)]
