"""Reports of backtests, replays and days: the index, and each one as a page or as JSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.context import Ctx
from api.http.answers import Json
from api.shown.freshness import age_s
from api.shown.reports import content, reports
from api.shown.statuses import not_found

REPORT = not_found("No report is listed under this name.") | {
    200: {"content": {"application/json": {"schema": {}}, "text/html": {"schema": {"type": "string"}}}}
}


class _Name(Convertor[str]):
    """What can be the name of a report; /backtest/run is none."""

    regex = r".+\.(?:html|json)"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("report", _Name())

router = APIRouter(prefix="/backtest", tags=["backtest"])

POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""A report is a page of its own origin, without scripts and without anything from elsewhere."""


@router.get("")
def index(
    context: Ctx, limit: Annotated[int, Query(ge=1, le=1_000, description="How many, the newest.")] = 100
) -> Json:
    """List the reports under `REPORTS_DIR`, newest first; each is at the `url`, as a page or as JSON.

    They are written by `levibot backtest`, `levibot replay --compare`, `levibot report` and others.
    """
    now, found = context.clock(), reports(context.settings.reports_dir)
    listed = [
        {
            "name": one.name, "kind": one.kind, "url": f"/backtest/{one.name}", "bytes": one.bytes,
            "modified_at": one.modified_at, "age_s": age_s(one.modified_at, now),
        }
        for one in found[:limit]
    ]  # fmt: skip
    return Json({"count": len(found), "reports": listed, "ts": now})


@router.get("/{name:report}", response_class=Response, responses=REPORT)
def report(
    context: Ctx, name: Annotated[str, Path(max_length=512, description="A name of the index.")]
) -> Response:
    """Return a report that is listed, as it is on disk; 404 for every other name."""
    found = content(context.settings.reports_dir, name)
    if found is None:
        raise HTTPException(404)
    return Response(found[0], media_type=found[1], headers={"Content-Security-Policy": POLICY})
