"""The app as one constructor call over explicit lists of routes and middleware."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.metadata import version

from fastapi import FastAPI

from api.context import Context
from api.documentation import add_documentation
from api.measured import Measured
from api.own_metrics import OwnMetrics
from api.refusals import add_refusals
from api.routes import flags, health, metrics, predictions, status, symbols, versions
from api.security import HEADERS, HeadAsGet, Headers
from api.view_metrics import ViewCollector
from connectors.redis.reader import ViewReader
from connectors.settings import Settings

ROUTERS = (
    health.router,
    status.router,
    flags.router,
    symbols.router,
    predictions.router,
    versions.router,
    metrics.router,
)


def create_app(settings: Settings, reader: ViewReader, clock: Callable[[], int] = time.time_ns) -> FastAPI:
    """Return the read-only API over the view; ``clock`` is the wall clock in ns, by which ages are told."""
    own = OwnMetrics()
    own.registry.register(ViewCollector(reader, clock, settings.stale_after_s, own))
    app = FastAPI(title="LEVIBOT", version=version("levibot"), docs_url=None, redoc_url=None)
    app.state.context = Context(settings, reader, clock, own, app.version)
    for router in ROUTERS:
        app.include_router(router)
    add_refusals(app)
    add_documentation(app)
    # the last added is the outermost
    app.add_middleware(HeadAsGet)
    app.add_middleware(Measured, metrics=own)
    app.add_middleware(Headers, headers=HEADERS | {"X-Build-SHA": settings.levibot_build_sha})
    return app
