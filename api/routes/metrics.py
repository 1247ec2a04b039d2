"""Prometheus' scrape, under both names by which it is asked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header
from prometheus_client.exposition import choose_encoder
from starlette.responses import Response

from api.context import Ctx

router = APIRouter(tags=["metrics"])


@router.get("/metrics", response_class=Response)
@router.get("/metrics/prom", response_class=Response)
def metrics(context: Ctx, accept: Annotated[str, Header()] = "") -> Response:
    """Return all metrics as text; with Redis down those of the API alone, and `levibot_redis_up 0`."""
    encode, content_type = choose_encoder(accept)
    return Response(encode(context.metrics.registry), media_type=content_type)
