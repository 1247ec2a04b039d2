"""Clients that fail fast: the library's defaults would hang up to a minute on a silent server."""

from __future__ import annotations

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry


def connect(url: str, timeout_s: float) -> redis.Redis:
    """Return a client that waits at most ``timeout_s`` for each answer and never repeats a command.

    The connection is made at the first command. Raises ``ValueError`` where the URL is none.
    """
    return redis.Redis.from_url(
        url,
        protocol=2,
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
        retry=Retry(NoBackoff(), 0),
        driver_info=None,  # a user that may only read may not tell of the client either
    )
