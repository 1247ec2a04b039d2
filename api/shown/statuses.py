"""The statuses of routes in the OpenAPI document that do not follow from what they take."""

from __future__ import annotations

from typing import Any

from api.openapi.schemas import Refusal


def not_found(why: str) -> dict[int | str, dict[str, Any]]:
    """Return the ``responses`` of a route that answers 404 for a reason of its own."""
    return {404: {"model": Refusal, "description": why}}
