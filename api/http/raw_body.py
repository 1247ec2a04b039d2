"""The body of a reading request: bounded, and taken as JSON under whatever name curl sends it."""

from __future__ import annotations

import json
from typing import Annotated, Any

import anyio
from fastapi import Depends, Request

MOST_BYTES = 16_384
WITHIN_S = 10.0

_TYPES = ("application/json", "application/x-www-form-urlencoded", "text/plain")
"""What is sent by ``curl -d`` without a header is said to be a form, and is JSON all the same."""


class BadBodyError(Exception):
    """The body cannot be read; ``status`` is that of the answer."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.status, self.error = status, error


async def _raw(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and kind not in _TYPES:
        raise BadBodyError(415, "unsupported_media_type", f"Send JSON as {_TYPES[0]}, not '{kind}'.")
    found = bytearray()
    with anyio.move_on_after(WITHIN_S):
        async for chunk in request.stream():
            found += chunk
            if len(found) > MOST_BYTES:
                raise BadBodyError(413, "too_large", f"A body has at most {MOST_BYTES:,} bytes.")
        return bytes(found)
    raise BadBodyError(408, "too_slow", f"The body did not come within {WITHIN_S:.0f} s.")


RawBody = Annotated[bytes, Depends(_raw)]


def parsed(raw: bytes) -> Any:
    """Return plain data; ``NaN`` and ``Infinity``, which are no JSON, become the numbers they name.

    Raises ``BadBodyError`` (400) where it is no JSON.
    """
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise BadBodyError(400, "bad_body", "The body is no JSON.") from None
