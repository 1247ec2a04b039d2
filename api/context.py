"""What every handler is given: settings, the one reader of Redis, the clock, the API's own metrics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from api.metrics.own import OwnMetrics
from connectors.rate_limit import RateLimit
from connectors.redis.reader import ViewReader
from connectors.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """One for each app."""

    settings: Settings
    reader: ViewReader
    clock: Callable[[], int]  # wall clock, ns
    metrics: OwnMetrics
    limit: RateLimit  # of predictions
    version: str


def _context(request: Request) -> Context:
    found: Context = request.app.state.context
    return found


Ctx = Annotated[Context, Depends(_context)]
