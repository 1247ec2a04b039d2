"""How the API says no: it only reads, and says which control command does what was asked for."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Mount

from api.context import Context
from api.http.answers import Json, refusal
from api.http.limited import TooManyError, too_many
from api.http.raw_body import BadBodyError
from api.http.security import HEADERS
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
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_LOG = logging.getLogger(__name__)


def add_refusals(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _bad_parameter)
    app.add_exception_handler(RedisDownError, _redis_down)
    app.add_exception_handler(BadBodyError, _bad_body)
    app.add_exception_handler(TooManyError, too_many)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, _defect)


def _http(request: Request, error: Any) -> Json:
    if error.status_code not in (404, 405):
        return refusal(error.status_code, "refused", str(error.detail))
    if request.url.path.startswith("/auth/") and not request.app.state.gateway:
        message = "The control gateway is off: set ADMIN_KEY and ADMIN_SECRET."
        return refusal(404, "no_gateway", message)
    allowed = _allowed(request)
    command = None if allowed else CONTROL.get(request.url.path.rstrip("/"))
    asked = allowed or ([] if command else [*_READS])
    if request.method in asked:
        return refusal(404, "not_found", "There is nothing at this path; /docs lists what there is.")
    if command:
        message = f"This API only reads: send the control command '{command}' instead."
        return refusal(405, "method_not_allowed", message, {"Allow": ""}, control=command)
    methods = ", ".join(asked)
    return refusal(405, "method_not_allowed", f"Use {methods}; see /docs.", {"Allow": methods})


def _allowed(request: Request) -> list[str]:
    """Return the methods that a path is asked by; what is read may be asked by HEAD, too."""
    found = {method for method in _METHODS for route in request.app.routes if _takes(route, request, method)}
    return sorted(found | {*_READS} if "GET" in found else found)


def _takes(route: BaseRoute, request: Request, method: str) -> bool:
    """Return whether a route takes a path by a method; a folder of files is only read."""
    match, _ = route.matches({**request.scope, "method": method})
    return match is Match.FULL and (method == "GET" or not isinstance(route, Mount))


def _bad_parameter(_: Request, error: Any) -> Json:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return refusal(400, "bad_parameter", f"{where}: {first['msg']}", parameter=where)


def _bad_body(_: Request, error: Any) -> Json:
    # what is left of the body is not read, so the connection cannot be used again
    return refusal(error.status, error.error, str(error), {"Connection": "close"})


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
