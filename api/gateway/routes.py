"""The paths of the gateway, each served in a thread, since it waits for Kafka; kills have their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter
from starlette.requests import Request

from api.gateway import logins
from api.gateway.bodies import raw_body
from api.gateway.commanding import commanding
from api.gateway.commands import PATHS
from api.gateway.described import described
from api.gateway.gateway import Gateway
from api.gateway.serving import Work, served
from api.http.answers import Json, refusal

LOGINS: dict[str, tuple[str, Work]] = {
    "/auth/admin/login": ("POST", logins.log_in_admin),
    "/auth/login": ("POST", logins.log_in),
    "/auth/logout": ("POST", logins.log_out),
    "/auth/me": ("GET", logins.me),
}
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def gateway_router(gateway: Gateway) -> APIRouter:
    """Return the routes of a gateway."""
    router = APIRouter(tags=["gateway"])
    # who waits for a shard must hold up neither a kill nor a log-in
    kills, others, sessions = CapacityLimiter(8), CapacityLimiter(8), CapacityLimiter(8)
    for path, (method, work) in LOGINS.items():
        _add(router, path, method, _endpoint(gateway, work, sessions))
    for path, (read, possible) in PATHS.items():
        limiter = kills if "kill" in possible else others
        _add(router, path, "POST", _endpoint(gateway, commanding(read, possible), limiter))
    return router


def _endpoint(gateway: Gateway, work: Work, limiter: CapacityLimiter) -> Callable[[Request], Awaitable[Json]]:
    async def endpoint(request: Request) -> Json:
        raw = await raw_body(request)
        return await to_thread.run_sync(served, gateway, request, raw, work, limiter=limiter)

    return endpoint


def _add(router: APIRouter, path: str, method: str, endpoint: Callable[[Request], Awaitable[Json]]) -> None:
    router.add_api_route(path, endpoint, methods=[method], response_class=Json, **described(path, method))
    others = [other for other in _METHODS if other != method]
    router.add_route(path, _other_method(method), methods=others, include_in_schema=False)


def _other_method(method: str) -> Callable[[Request], Json]:
    def endpoint(request: Request) -> Json:
        return refusal(405, "method_not_allowed", f"This path takes {method}.", {"Allow": method}, ok=False)

    return endpoint
