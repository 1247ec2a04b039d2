"""How the API says no: it only reads, and says which control command does what was asked for."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.answers import Json, refusal
from api.context import Context
from api.security import HEADERS
from connectors.redis.reader import RedisDownError

CONTROL = {
    "/admin/kill": "kill",
    "/admin/unkill": "unkill",
    "/ml/kill": "kill",
    "/live/kill": "kill",
    "/admin/canary/on": "canary",
    "/admin/canary/off": "canary",
    "/admin/set-flag": "flag.set",
    "/ai/select": "model.select",
    "/paper/order": "paper.order",
    "/backtest/run": "backtest.run",
}
"""The control command behind each path that is not a reading one."""

_READS = ("GET", "HEAD")
_LOG = logging.getLogger(__name__)


def add_refusals(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _bad_parameter)
    app.add_exception_handler(RedisDownError, _redis_down)
    app.add_exception_handler(Exception, _defect)


def _http(request: Request, error: Any) -> Json:
    if error.status_code not in (404, 405):
        return refusal(error.status_code, "refused", str(error.detail))
    command = CONTROL.get(request.url.path.rstrip("/"))
    hint = {"control": command} if command else {}
    if request.method in _READS and not command:
        return refusal(404, "not_found", "There is nothing at this path; /docs lists what there is.")
    said = f"send the control command '{command}' instead" if command else "use GET or HEAD"
    allow = {"Allow": ", ".join(_READS)} if not command else {"Allow": ""}
    return refusal(405, "method_not_allowed", f"This API only reads: {said}.", allow, **hint)


def _bad_parameter(_: Request, error: Any) -> Json:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return refusal(400, "bad_parameter", f"{where}: {first['msg']}", parameter=where)


def _redis_down(request: Request, error: Any) -> Json:
    context: Context = request.app.state.context
    context.metrics.errors.labels("redis").inc()
    _LOG.warning("Redis could not be read: %s", error)
    message = "The read model is not available: Redis does not answer. The flow goes on without it."
    return refusal(503, "redis_down", message, {"Retry-After": "1"})


def _defect(request: Request, _: Any) -> Json:
    # outside of all middleware, so the headers and the count are added here; the server logs the error
    context: Context = request.app.state.context
    context.metrics.errors.labels("api").inc()
    return refusal(500, "defect", "This is a defect of the API; its log has the details.", dict(HEADERS))
