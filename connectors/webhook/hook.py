"""One attempt to post a message to a webhook; its address is a secret and never told.

Delivery: whoever calls decides; an attempt that timed out may have been taken. One request at a time.
"""

from __future__ import annotations

import logging
import time
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self

import httpx
from pydantic import SecretStr

TIMEOUT_S = 10.0
_UNFIT = (400, 413, 422)
"""What a receiver answers that will never take this very message."""

# it tells the whole address of each request
logging.getLogger("httpx").setLevel(logging.WARNING)


class Answer(NamedTuple):
    """What became of an attempt: ``refused`` is for good, ``failed`` is worth another."""

    outcome: Literal["delivered", "failed", "refused"]
    why: str = ""
    retry_after_s: float | None = None


class Hook:
    """A webhook; ``timeout_s`` bounds the connection and each wait for bytes. Redirects are not followed."""

    def __init__(self, url: SecretStr, timeout_s: float = TIMEOUT_S) -> None:
        self._url = url.get_secret_value()
        self._client = httpx.Client(
            timeout=timeout_s, follow_redirects=False, trust_env=False, headers={"User-Agent": "levibot"}
        )

    def post(self, message: dict[str, Any]) -> Answer:
        """Post a message and return what was answered; raises nothing for what a network can do."""
        try:
            with self._client.stream("POST", self._url, json=message) as answer:
                return _answer(answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Answer("failed", type(error).__name__)  # its text may hold the address

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()


def _answer(answer: httpx.Response) -> Answer:
    code = answer.status_code
    if answer.is_success:
        return Answer("delivered")
    if code in _UNFIT:
        return Answer("refused", f"status {code}")
    return Answer("failed", f"status {code}", _asked(answer.headers.get("Retry-After", "")))


def _asked(text: str) -> float | None:
    """Return the seconds of a ``Retry-After``, which is a number or a date; None where it is neither."""
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return None
