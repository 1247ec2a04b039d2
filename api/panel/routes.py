"""The page, its files, its state, and the stream that keeps it up to date."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
from fastapi import APIRouter, FastAPI, Request
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.context import Context, Ctx
from api.http.answers import Json, refusal
from api.panel.files import Files
from api.panel.hub import FullError, Hub
from api.panel.reading import Long, read
from api.panel.redlines import RedLines, red_lines
from api.panel.state import down, state
from api.shown.freshness import Plain
from connectors.redis.reader import RedisDownError

STATIC = Path(__file__).with_name("static")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PING_S = 15
RETRY_MS = 1_000
_PAGE = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}

router = APIRouter(include_in_schema=False)


class Panel:
    """What the routes of one app share."""

    def __init__(self, context: Context, control: bool) -> None:
        self._context = context
        self._control = control
        self._lines: RedLines = red_lines(context.settings.rules_file)
        self._long: Long | None = None
        self.hub = Hub(self._body)

    def state(self, before: Long | None = None) -> tuple[Plain, Long | None]:
        """Return the state, and what of it may stand for a while; ``control``: whether there is a gateway."""
        context, now = self._context, self._context.clock()
        try:
            view = read(context.reader, now, before)
        except RedisDownError:
            context.metrics.errors.labels("redis").inc()
            return down(context, now) | {"control": self._control}, None
        return state(context, self._lines, view, now) | {"control": self._control}, view.long

    def _body(self, first: bool) -> bytes:
        found, self._long = self.state(None if first else self._long)
        return orjson.dumps(found)


def add_panel(app: FastAPI) -> None:
    """Add the routes to an app that has its context."""
    app.state.panel = Panel(app.state.context, app.state.gateway is not None)
    app.include_router(router)
    app.mount("/panel", Files(directory=STATIC))


@router.get("/")
def page() -> Response:
    """Return the page."""
    return Response((STATIC / "index.html").read_bytes(), media_type="text/html", headers=_PAGE)


@router.get("/panel/state")
def whole(request: Request, _: Ctx) -> Json:
    """Return the state as the stream tells it, 200 in any case: ``redis`` and ``status`` tell the rest."""
    panel: Panel = request.app.state.panel
    return Json(panel.state()[0])


@router.api_route("/events", methods=["GET", "HEAD"])
async def events(request: Request) -> Response:
    """Stream the state as the event ``state``: at once, then once a second, each with an ascending id."""
    hub: Hub = request.app.state.panel.hub
    try:
        place = hub.join()
    except FullError as error:
        return refusal(503, "too_many_streams", f"{error}; {FullError.__doc__}", {"Retry-After": "5"})
    return _Stream(hub, place)


class _Stream(EventSourceResponse):
    """A listener's stream; its place is given back however it ends."""

    def __init__(self, hub: Hub, place: asyncio.Event) -> None:
        self._hub, self._place = hub, place
        super().__init__(self._events(), ping=PING_S, ping_message_factory=_ping)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._hub.leave(self._place)

    async def _events(self) -> AsyncIterator[ServerSentEvent]:
        async for number, body in self._hub.states(self._place):
            yield ServerSentEvent(body.decode(), event="state", id=str(number), retry=RETRY_MS)


def _ping() -> ServerSentEvent:
    return ServerSentEvent(comment="ping")
