"""How often one caller may ask for predictions: so many a minute for each user and address."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import Depends, Request

from api.context import Ctx
from api.http.answers import Json, refusal
from api.http.caller import address


class TooManyError(Exception):
    """The caller has used up the minute; the next request is allowed in ``wait_s`` seconds."""

    def __init__(self, wait_s: float, per_minute: int) -> None:
        super().__init__(f"{per_minute} requests a minute are allowed; the next one in {wait_s:.1f} s")
        self.wait_s = wait_s


def too_many(_: Request, error: TooManyError) -> Json:
    """Return the refusal, 429, with the whole seconds to wait."""
    headers = {"Retry-After": str(math.ceil(error.wait_s))}
    return refusal(429, "too_many_requests", f"{error}.", headers, retry_after_s=round(error.wait_s, 3))


def _limited(request: Request, context: Ctx) -> None:
    wait = context.limit.hit(*_who(request))
    if wait:
        context.metrics.unanswered("limited")
        raise TooManyError(wait, context.settings.predict_per_minute)


def _who(request: Request) -> tuple[str, str]:
    gateway = request.app.state.gateway
    return (gateway.user_of(request) if gateway else ""), address(request)


Limited = Annotated[None, Depends(_limited)]
