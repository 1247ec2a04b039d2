"""Series of what was measured: one sorted set a metric, the last seven days of log time.

A member is ``id|json`` under its log time in ms. The id is of time and scope, so writing a point again
changes nothing. Points wait in a bounded queue while Redis is down; those that no longer fit are dropped and
counted.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple

import orjson
import redis

from connectors.redis import keys
from models.rules.evaluate import Sample

KEPT_S = 7 * 24 * 3_600
MOST_WAITING = 20_000
AT_ONCE = 1_000

_MS = 1_000


class Point(NamedTuple):
    """What a metric was at a second of log time, of one scope."""

    metric: str
    scope: str  # scope key: "all", "shard:ticks/0000"
    second: int
    value: float
    n: int | None = None


def points(second: int, samples: Iterable[Sample]) -> list[Point]:
    """Return the points of a second: the samples of it that have a value."""
    return [Point(s.metric, s.scope_key, second, s.value, s.n) for s in samples if s.value is not None]


class Series:
    """Points on their way; one thread may append while another writes."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self.written = 0
        self.dropped = 0
        self._most = most_waiting
        self._waiting: deque[Point] = deque()
        self._lock = threading.Lock()

    def append(self, more: Iterable[Point]) -> None:
        """Queue points, dropping those that do not fit."""
        with self._lock:
            for point in more:
                if len(self._waiting) < self._most:
                    self._waiting.append(point)
                else:
                    self.dropped += 1

    def __len__(self) -> int:
        return len(self._waiting)

    def write(self, client: redis.Redis) -> None:
        """Write all that waits, raising ``redis.RedisError`` where that fails: it then waits still."""
        while batch := self._next():
            _write(client, batch)
            with self._lock:
                for _ in batch:
                    self._waiting.popleft()
            self.written += len(batch)

    def _next(self) -> list[Point]:
        with self._lock:
            return list(islice(self._waiting, AT_ONCE))


def decoded(members: Iterable[bytes]) -> list[dict[str, Any]]:
    """Return the points in members of a series, as they are told: scope, second, value, n."""
    return [orjson.loads(member.partition(b"|")[2]) for member in members]


def _write(client: redis.Redis, batch: list[Point]) -> None:
    by_metric: dict[str, list[Point]] = defaultdict(list)
    for point in batch:
        by_metric[point.metric].append(point)
    with client.pipeline(transaction=False) as pipe:
        for metric, found in by_metric.items():
            key = keys.series(metric)
            pipe.zadd(key, {_member(point): point.second * _MS for point in found})
            last = max(point.second for point in found)
            pipe.zremrangebyscore(key, "-inf", f"({(last - KEPT_S) * _MS}")
            pipe.pexpire(key, KEPT_S * _MS)
        pipe.execute()


def _member(point: Point) -> bytes:
    told = {"scope": point.scope, "second": point.second, "value": point.value, "n": point.n}
    return f"{point.second}:{point.scope}|".encode() + orjson.dumps(told)
