"""Why a request to the gateway is not served: a status, a name, and what to do about it."""

from __future__ import annotations

import math
from typing import Any


class RefusedError(Exception):
    """A request is not served; ``more`` joins the answer, ``headers`` its head."""

    def __init__(
        self, status: int, error: str, message: str, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(message)
        self.status, self.error, self.message = status, error, message
        self.headers = headers or {}
        self.more = more


def too_many(wait_s: float, what: str) -> RefusedError:
    """Return the refusal of who asks too often and may ask again in so many seconds."""
    seconds = math.ceil(wait_s)
    message = f"{what}; try again in {seconds} s"
    headers = {"Retry-After": str(seconds)}
    return RefusedError(429, "too_many_requests", message, headers, retry_after_s=round(wait_s, 3))
