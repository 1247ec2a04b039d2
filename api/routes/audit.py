"""The audit: every command with what became of it, and a score a symbol and five seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from api.context import Context, Ctx
from api.http.answers import Json
from api.http.raw_body import BadBodyError, RawBody, parsed
from api.shown.freshness import Plain, age_s

router = APIRouter(prefix="/api/audit", tags=["audit"])

MOST, USUAL = 10_000, 100
TOP = 3


_BODY = {
    "requestBody": {
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "limit": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
                    },
                }
            }
        }
    }
}


@router.post("/list", openapi_extra=_BODY)
def list_posted(request: Request, context: Ctx, raw: RawBody) -> Json:
    """List the newest audit items, as GET does; it reads, though it is a POST. The body may be left out."""
    return _listed(request, context, _limit(parsed(raw) if raw.strip() else {}))


@router.get("/list")
def list_got(
    request: Request,
    context: Ctx,
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many items.")] = USUAL,
) -> Json:
    """List the newest audit items, newest first, and in `top_errors` why commands were refused most often.

    `action` is `command` (who sent what, accepted or not) or `ml.score` (`context.confid`, `context.prob`,
    and with their flags on `context.ml_bucket` and `context.ml_signal_parts`). `_err` says why a command was
    refused, else it is null. 10,000 of each are kept, for seven days. Where the control gateway is on, there
    are its last 1,000 requests too, as `request`.
    """
    return _listed(request, context, limit)


def _limit(body: object) -> int:
    limit: Any = body.get("limit", USUAL) if isinstance(body, dict) else None
    whole = type(limit) is int or (isinstance(limit, float) and limit.is_integer())
    if not (whole and 1 <= limit <= MOST):
        message = f'The body is {{"limit": n}}, with n a whole number from 1 to {MOST:,}.'
        raise BadBodyError(400, "bad_body", message)
    return int(limit)


def _listed(request: Request, context: Context, limit: int) -> Json:
    gateway = request.app.state.gateway
    asked = gateway.recent(limit) if gateway else []
    items = sorted([*context.reader.audit(limit), *asked], key=lambda item: -item["ts"])[:limit]
    now = context.clock()
    actions = Counter(item["action"] for item in items)
    return Json(
        {
            "count": len(items),
            "actions": dict(sorted(actions.items())),
            "errors": sum(item["_err"] is not None for item in items),
            "top_errors": top_errors(items),
            "items": [{**item, "age_s": age_s(item["ts"], now)} for item in items],
            "ts": now,
        }
    )


def top_errors(items: Iterable[Plain]) -> list[Plain]:
    """Return the three most frequent reasons, a reason without what stands behind its colon as one group."""
    found = Counter(item["_err"].partition(":")[0] for item in items if item["_err"] is not None)
    ranked = sorted(found.items(), key=lambda group: (-group[1], group[0]))
    return [{"group": group, "count": count} for group, count in ranked[:TOP]]
