"""The body of a request: a small JSON object, or nothing; of any content type, since curl says form."""

from __future__ import annotations

from typing import Any

import anyio
import orjson
from starlette.requests import ClientDisconnect, Request

from api.gateway.refused import RefusedError

MOST_BYTES = 16 * 1024
WITHIN_S = 10.0
Plain = dict[str, Any]


async def raw_body(request: Request) -> bytes | RefusedError:
    """Return the bytes, or why they are not read: more than 16 KiB, slower than 10 s, or cut off."""
    found = bytearray()
    with anyio.move_on_after(WITHIN_S):
        try:
            async for chunk in request.stream():
                found += chunk
                if len(found) > MOST_BYTES:
                    return RefusedError(413, "too_large", f"the body is longer than {MOST_BYTES} bytes")
        except ClientDisconnect:
            return RefusedError(400, "bad_body", "the body was cut off")
        return bytes(found)
    return RefusedError(408, "too_slow", f"the body did not come within {WITHIN_S:.0f} s")


def parsed(raw: bytes, *known: str) -> Plain:
    """Return the object in a body, empty where there is none; only ``known`` fields may be in it."""
    try:
        found = orjson.loads(raw) if raw.strip() else {}
    except orjson.JSONDecodeError as error:
        raise RefusedError(400, "bad_body", f"the body is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise RefusedError(400, "bad_body", "the body must be a JSON object")
    for name in found:
        if name not in known:
            raise RefusedError(
                400, "bad_body", f"unknown field '{name}'; known: {', '.join(known) or 'none'}"
            )
    return found
