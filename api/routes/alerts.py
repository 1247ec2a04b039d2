"""What fires at present, and what has fired."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.context import Ctx
from api.http.answers import Json
from api.shown.guard import firing, told
from api.shown.living import living, state

router = APIRouter(tags=["alerts"])


@router.get("/alerts")
def alerts(
    context: Ctx,
    limit: Annotated[int, Query(ge=1, le=10_000, description="How many of the history.")] = 100,
) -> Json:
    """List the rules that hold (`firing`), and the records of the topic `alerts`, newest first (`history`).

    An item of the history tells one beginning (`firing`) or end (`resolved`) of an alert, with its level,
    value, limit, actions and the page of the runbook; seven days are kept. `status` is STALE when the guard
    has not written for 3 s, EMPTY when it never has: what fires is then not known.
    """
    now, guard = context.clock(), context.reader.guard()
    alive = living(guard, now, context.settings.offline_after_s)
    history = [told(one, now) for one in context.reader.alerts(limit)]
    found = firing(guard, now)
    return Json(
        {
            "status": state(guard, alive["online"]),
            "guard": alive,
            "count": len(found),
            "firing": found,
            "history": history,
            "ts": now,
        }
    )
