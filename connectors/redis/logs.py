"""Logs of records: one sorted set each, the newest of the last seven days of log time.

A member is ``id|json`` under the record's time in ms. A record's id is a function of its input, so writing it
again changes nothing. Records wait in a queue as long as the log; where newer ones push old ones out of it
before they were written, the log would not have kept them, and they are counted.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from typing import Any

import orjson
import redis

from connectors.redis.keys import Log

KEPT_MS = 7 * 24 * 3_600 * 1_000
AT_ONCE = 500
"""Records of a log in one writing: so few that no heartbeat of a view is late for them."""

_NS_A_MS = 1_000_000

Plain = dict[str, Any]


class Logs:
    """Records on their way; one thread may append while another writes."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self.written = 0
        self.overtaken = 0
        self._at_once = at_once
        self._waiting: dict[Log, deque[Plain]] = {}
        self._lock = threading.Lock()

    def append(self, log: Log, bodies: Iterable[Plain]) -> bool:
        """Queue records, oldest first, and return whether there were any."""
        more = list(bodies)
        with self._lock:
            waiting = self._waiting.setdefault(log, deque(maxlen=log.most))
            self.overtaken += max(0, len(waiting) + len(more) - log.most)
            waiting.extend(more)
        return bool(more)

    def __len__(self) -> int:
        return sum(map(len, list(self._waiting.values())))

    def write(self, client: redis.Redis) -> None:
        """Write some of what waits of each log; it waits on where that raises ``redis.RedisError``."""
        for log in list(self._waiting):
            if batch := self._take(log):
                try:
                    _write(client, log, batch)
                except redis.RedisError:
                    self._give_back(log, batch)
                    raise
                self.written += len(batch)

    def _take(self, log: Log) -> list[Plain]:
        with self._lock:
            waiting = self._waiting[log]
            return [waiting.popleft() for _ in range(min(len(waiting), self._at_once))]

    def _give_back(self, log: Log, batch: list[Plain]) -> None:
        with self._lock:
            waiting = self._waiting[log]
            room = log.most - len(waiting)
            self.overtaken += max(0, len(batch) - room)
            waiting.extendleft(reversed(batch[max(0, len(batch) - room) :]))


def decoded(members: Iterable[bytes]) -> list[Plain]:
    """Return the records in members of a log; raises ``orjson.JSONDecodeError``."""
    return [orjson.loads(member.partition(b"|")[2]) for member in members]


def _write(client: redis.Redis, log: Log, batch: list[Plain]) -> None:
    members = {_member(body): body["ts"] // _NS_A_MS for body in batch}
    oldest = max(members.values()) - KEPT_MS
    with client.pipeline(transaction=False) as pipe:
        pipe.zadd(log.key, members)
        pipe.zremrangebyscore(log.key, "-inf", f"({oldest}")
        pipe.zremrangebyrank(log.key, 0, -log.most - 1)
        pipe.pexpire(log.key, KEPT_MS)
        pipe.execute()


def _member(body: Plain) -> bytes:
    return f"{body['id']}|".encode() + orjson.dumps(body)
