"""Publishing views in Redis from a side thread, so that no stage ever waits for it.

Delivery promise: at any time the newest view of each shard is on its way, older ones that were not yet
written are skipped, every write is absolute. While Redis is down nothing but the newest views is kept, and a
bounded number of points of series and of records; when it is back the whole of them is written. Unit of
parallelism: one writer and one thread a process.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import NamedTuple, Self

import redis

from connectors.redis.connection import connect
from connectors.redis.keys import SHARD, Kind, Log
from connectors.redis.logs import Logs, Plain
from connectors.redis.series import Point, Series
from connectors.redis.shard_hash import ShardHash, View

INTERVAL_S = 0.2
TIMEOUT_S = 0.1
TTL_S = 3_600.0
"""Longer than any limit on staleness: a dead writer's view must be seen growing old, not vanish."""

_FIRST_RETRY_S, _LAST_RETRY_S = 0.05, 0.5
_IDLE_SHARE = 20
"""The thread rests this many times as long as it has computed, to leave the interpreter to the stages."""

_LOG = logging.getLogger(__name__)


class ViewStats(NamedTuple):
    """What became of the views that were put."""

    written: int  # shard views that Redis has acknowledged
    skipped: int  # replaced by a newer one before they were written
    failures: int  # attempts that failed
    last_success_age_s: float | None  # None: not one so far
    points: int = 0  # of series, that Redis has acknowledged
    dropped: int = 0  # points for which there was no room while Redis was down
    records: int = 0  # of logs, that Redis has acknowledged
    overtaken: int = 0  # records that so many newer ones followed before they were written, that none is kept


class ViewWriter:
    """The newest view of each shard, on its way to Redis."""

    def __init__(
        self,
        url: str,
        *,
        interval_s: float = INTERVAL_S,
        ttl_s: float = TTL_S,
        timeout_s: float = TIMEOUT_S,
        clock: Callable[[], int] = time.time_ns,
        kind: Kind = SHARD,
    ) -> None:
        self._kind = kind
        self._client = connect(url, timeout_s)
        self._timeout_s = timeout_s
        self._interval_s = interval_s
        self._ttl_ms = int(ttl_s * 1_000)
        self._clock = clock
        self._lock = threading.Lock()  # held for a dictionary entry, never over a call to Redis
        self._put: dict[str, View] = {}
        self._hashes: dict[str, ShardHash] = {}
        self._views: dict[str, View] = {}
        self._owed: dict[str, None] = {}  # shards to be written, in order
        self._alive: Sequence[str] = ()  # whose heartbeats are to be renewed
        self._series = Series()
        self._logs = Logs()
        self._written = self._skipped = self._failures = self._misses = 0
        self._last_success: float | None = None
        self._deadline = 0.0
        self._wake, self._closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="redis-view", daemon=True)
        self._thread.start()

    def put(self, shard_key: str, view: View) -> None:
        """Hand over a shard's view, ``ShardView.as_dict()``; returns at once, whatever Redis does."""
        with self._lock:
            self._skipped += shard_key in self._put
            self._put[shard_key] = view
        self._wake.set()

    def append(self, points: Iterable[Point]) -> None:
        """Hand over points of series; returns at once, dropping what does not fit."""
        self._series.append(points)
        self._wake.set()

    def record(self, log: Log, bodies: Iterable[Plain]) -> None:
        """Hand over records of a log, each with its ``id`` and ``ts`` (ns); returns at once."""
        if self._logs.append(log, bodies):
            self._wake.set()

    def alive(self, shard_keys: Sequence[str]) -> None:
        """Have the heartbeats of these renewed, views or none; returns at once."""
        self._alive = shard_keys
        self._wake.set()

    def stats(self) -> ViewStats:
        """Return the counts so far."""
        age = None if self._last_success is None else time.monotonic() - self._last_success
        series, logs = self._series, self._logs
        return ViewStats(
            self._written, self._skipped, self._failures, age, series.written, series.dropped, logs.written,
            logs.overtaken,
        )  # fmt: skip

    def close(self, timeout_s: float = 1.0) -> None:
        """Write what is left, trying for ``timeout_s`` if Redis does not take it, and end the thread."""
        self._deadline = time.monotonic() + timeout_s
        self._closing.set()
        self._wake.set()
        self._thread.join(timeout_s + 2 * self._timeout_s)

    def _run(self) -> None:
        while not self._closing.is_set():
            if not self._misses:
                self._wake.wait()
            self._wake.clear()
            began = time.thread_time()
            self._attempt()
            self._closing.wait(self._pause(time.thread_time() - began))
        self._attempt()
        while (self._owed or self._series or self._logs) and time.monotonic() < self._deadline:
            if self._misses:
                time.sleep(_FIRST_RETRY_S)
            self._attempt()
        self._client.close()

    def _pause(self, computed_s: float) -> float:
        if self._misses:
            return min(_FIRST_RETRY_S * 2.0 ** (self._misses - 1), _LAST_RETRY_S)
        return max(self._interval_s, _IDLE_SHARE * computed_s)

    def _attempt(self) -> None:
        try:
            self._take()
            if self._misses:
                # an answer means that nothing sent before the outage can still be carried out
                self._client.ping()
            self._write()
        except redis.RedisError as error:
            self._missed(error)
        except Exception:  # the flow must go on whatever is wrong with its view
            self._failures += 1
            _LOG.exception("a shard's view could not be written; this is a defect")

    def _take(self) -> None:
        with self._lock:
            put, self._put = self._put, {}
        self._views |= put
        self._owed |= dict.fromkeys(put)

    def _write(self) -> None:
        for shard in list(self._owed):
            del self._owed[shard]
            entry = self._hashes.setdefault(shard, ShardHash(shard, self._ttl_ms, self._kind))
            entry.write(self._client, self._views[shard], self._clock())
            self._written += 1
            self._last_success = time.monotonic()
        self._renew()
        self._series.write(self._client)
        self._logs.write(self._client)
        if self._logs:
            self._wake.set()  # the rest after the next views, which it must not hold up
        if self._misses:
            _LOG.info("Redis is back, the whole view is written")
        self._misses = 0

    def _renew(self) -> None:
        """Show who is alive, and keep what they have published; of a view that is gone, all is owed."""
        alive, self._alive = self._alive, ()
        if not alive:
            return
        now = self._clock() // 1_000_000
        with self._client.pipeline(transaction=False) as pipe:
            pipe.zadd(self._kind.listed, dict.fromkeys(alive, now))
            for key in alive:
                pipe.pexpire(self._kind.hash(key), self._ttl_ms)
            _, *kept = pipe.execute()
        for key, there in zip(alive, kept, strict=True):
            if key in self._views and not there:
                self._hashes[key].forget()
                self._owed[key] = None

    def _missed(self, error: redis.RedisError) -> None:
        if not self._misses:
            _LOG.warning("Redis does not take the view (%s); the flow goes on without it", error)
        self._failures += 1
        self._misses += 1
        self._owed = dict.fromkeys(self._views)
        for entry in self._hashes.values():
            entry.forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
