"""The app as one constructor call over explicit lists of routes and middleware."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.metadata import version

from fastapi import FastAPI

from api.context import Context
from api.gateway.gateway import Gateway
from api.gateway.routes import gateway_router
from api.http.measured import Measured
from api.http.refusals import add_refusals
from api.http.security import HEADERS, HeadAsGet, Headers
from api.metrics.own import OwnMetrics
from api.metrics.view import ViewCollector
from api.openapi.page import add_documentation
from api.panel.routes import add_panel
from api.routes import (
    alerts,
    audit,
    automation,
    backtests,
    cards,
    engines,
    flags,
    health,
    metrics,
    monitors,
    paper,
    predictions,
    public,
    score,
    status,
    symbols,
    tools,
    versions,
)
from connectors.rate_limit import RateLimit
from connectors.redis.reader import ViewReader
from connectors.settings import Settings

ROUTERS = (
    health.router,
    status.router,
    flags.router,
    symbols.router,
    predictions.router,
    score.router,
    versions.router,
    metrics.router,
    paper.router,
    alerts.router,
    public.router,
    tools.router,
    engines.router,
    automation.router,
    backtests.router,
    audit.router,
    monitors.router,
    cards.router,
)


def create_app(settings: Settings, reader: ViewReader, clock: Callable[[], int] = time.time_ns) -> FastAPI:
    """Return the read-only API over the view; ``clock`` is the wall clock in ns, by which ages are told."""
    own = OwnMetrics()
    own.registry.register(ViewCollector(reader, clock, settings, own, version("levibot")))
    app = FastAPI(title="LEVIBOT", version=version("levibot"), docs_url=None, redoc_url=None)
    app.state.context = Context(settings, reader, clock, own, _limit(settings), app.version)
    app.state.gateway = gateway = Gateway.of(settings, own)
    for router in ROUTERS:
        app.include_router(router)
    if gateway:
        app.include_router(gateway_router(gateway))
    add_panel(app)
    add_refusals(app)
    app.add_exception_handler(paper.UnknownBookError, paper.unknown_book)  # type: ignore[arg-type]
    add_documentation(app)
    # the last added is the outermost
    app.add_middleware(HeadAsGet)
    app.add_middleware(Measured, metrics=own)
    app.add_middleware(Headers, headers=HEADERS | {"X-Build-SHA": settings.levibot_build_sha})
    return app


def _limit(settings: Settings) -> RateLimit:
    return RateLimit(settings.limiter_url, "predict", settings.predict_per_minute)
