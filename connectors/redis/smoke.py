"""The outcome of the last look at the running product, kept for seven days."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import orjson
import redis

from connectors.redis import keys
from connectors.redis.connection import connect

KEPT_S = 7 * 24 * 3_600
TIMEOUT_S = 0.25


def write_smoke(url: str, body: dict[str, Any], timeout_s: float = TIMEOUT_S) -> bool:
    """Replace what ``ViewReader.smoke`` returns and return whether Redis took it.

    Delivery promise: at most once; nothing is tried again. ``body``: ``ok``, ``at`` (ns), ``command``,
    ``items``.
    """
    try:
        with closing(connect(url, timeout_s)) as client, client.pipeline(transaction=True) as pipe:
            pipe.hset(keys.SMOKE, keys.HEAD, orjson.dumps(body))
            pipe.pexpire(keys.SMOKE, KEPT_S * 1_000)
            pipe.execute()
    except (redis.RedisError, ValueError):
        return False
    return True
