"""How often someone may ask: so many times in any sixty seconds, counted in memory or in Redis."""

from __future__ import annotations

import logging
import threading
import time

from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from connectors.redis.connection import connect

PREFIX = "levibot-limit"
"""How every key in Redis begins, so that its user needs no other."""
TIMEOUT_S = 0.25
RETRY_S = 5.0
"""Redis is left alone for so long after it failed, or each request would wait for it in vain."""

_LEAST_S = 0.001
_LOG = logging.getLogger(__name__)


class RateLimit:
    """A moving window over the last sixty seconds, one for each caller; threads may share it.

    While Redis is down the hits are counted in memory: the limit then holds for each process alone. Times
    are those of the wall clock. Redis needs ``+evalsha +script|load +lindex +lpush +ltrim +expire`` on
    ``~levibot-limit:*``.
    """

    def __init__(self, url: str, name: str, per_minute: int) -> None:
        """``url`` is ``memory://`` or a Redis's, ``name`` tells limits apart, 0 a minute means no limit.

        Raises ``ValueError`` where the URL is neither.
        """
        self._limit = RateLimitItemPerMinute(per_minute, namespace=name) if per_minute else None
        self._memory = MovingWindowRateLimiter(MemoryStorage())
        self._redis = None if url.startswith("memory://") else MovingWindowRateLimiter(_storage(url))
        self._lock = threading.Lock()
        self._failed_at: float | None = None

    def hit(self, *who: str) -> float:
        """Count a request; return 0.0 where it is allowed, else the seconds until the next one is."""
        if self._limit is None:
            return 0.0
        if self._redis is not None and self._is_due():
            try:
                waiting = _hit(self._redis, self._limit, who)
            except StorageError as error:
                self._fail(error)
            else:
                self._failed_at = None
                return waiting
        with self._lock:
            return _hit(self._memory, self._limit, who)

    def _is_due(self) -> bool:
        return self._failed_at is None or time.monotonic() - self._failed_at >= RETRY_S

    def _fail(self, error: StorageError) -> None:
        if self._failed_at is None:
            _LOG.warning("Redis does not count requests (%s); they are counted in memory", error)
        self._failed_at = time.monotonic()


def _storage(url: str) -> RedisStorage:
    pool = connect(url, TIMEOUT_S).connection_pool
    return RedisStorage(url, connection_pool=pool, key_prefix=PREFIX, wrap_exceptions=True)


def _hit(limiter: MovingWindowRateLimiter, limit: RateLimitItemPerMinute, who: tuple[str, ...]) -> float:
    if limiter.hit(limit, *who):
        return 0.0
    return max(limiter.get_window_stats(limit, *who).reset_time - time.time(), _LEAST_S)
