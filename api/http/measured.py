"""Measuring how long a prediction takes as its caller sees it, queueing for a thread included."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Receive, Scope, Send

from api.metrics.own import OwnMetrics

PATHS = ("/ai/predict", "/ml/predict")


class Measured:
    """Observes ``levibot_latency_ms{stage="predict_api"}``."""

    def __init__(self, app: ASGIApp, metrics: OwnMetrics) -> None:
        self._app = app
        self._latency = metrics.latency.labels("predict_api")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and take its time."""
        if scope["type"] != "http" or scope["path"] not in PATHS:
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        try:
            await self._app(scope, receive, send)
        finally:
            self._latency.observe((time.perf_counter() - began) * 1_000)
