"""The one form of every answer: JSON by orjson; and of every refusal: an error's name and what to do."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response


class Json(Response):
    """A JSON answer; not-a-number becomes null."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Return the body."""
        return orjson.dumps(content)


def refusal(
    status: int, error: str, message: str, headers: dict[str, str] | None = None, **more: Any
) -> Json:
    """Return an error with its name, a sentence for people, and what else there is to say."""
    return Json({"error": error, "message": message, **more}, status, headers)
