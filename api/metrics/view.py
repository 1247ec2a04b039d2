"""The flows' metrics, derived from the read model at each scrape.

What a dead flow no longer measures is left out, never repeated; what grows old (staleness, age) goes on
growing, so that an alert on it fires; counters never fall, whatever process begins anew.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import NamedTuple

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from api.metrics.own import OwnMetrics
from api.shown.freshness import Plain, age_s
from connectors.metrics.families import counter, gauge, info
from connectors.metrics.from_account import account_families
from connectors.metrics.from_guard import guard_families
from connectors.metrics.from_shards import ShardFamilies, last_update
from connectors.metrics.rising import Rising
from connectors.redis.reader import RedisDownError, ViewReader
from connectors.settings import Settings


class Seen(NamedTuple):
    """All that the view holds at a scrape."""

    shards: list[Plain]  # those whose view is gone among them
    account: Plain
    guard: Plain
    heartbeats: dict[str, dict[str, int]]
    memory_bytes: int | None  # None where the Redis user may not ask


class ViewCollector(Collector):
    """Reads everything once a scrape."""

    def __init__(
        self, reader: ViewReader, clock: Callable[[], int], settings: Settings, own: OwnMetrics, version: str
    ) -> None:
        self._reader = reader
        self._clock = clock
        self._settings = settings
        self._own = own
        self._version = version
        self._shards = ShardFamilies(settings.stale_after_s)
        self._rising = Rising()
        self._lock = threading.Lock()  # two scrapes at once would count what one has seen

    def collect(self) -> Iterator[Metric]:
        """Yield every family; without Redis only that it is down, and what is the API's own."""
        with self._lock:
            found = list(self._families(self._look()))
        yield from found

    def _look(self) -> Seen | None:
        try:
            return Seen(
                list(self._reader.shards().values()),
                self._reader.account() or {},
                self._reader.guard() or {},
                self._reader.heartbeats(),
                self._memory(),
            )
        except RedisDownError:
            self._own.errors.labels("redis").inc()
            return None

    def _memory(self) -> int | None:
        try:
            return self._reader.memory_bytes()
        except RedisDownError:
            return None

    def _families(self, seen: Seen | None) -> Iterator[Metric]:
        yield info("levibot_build_info", [(self._version, self._settings.levibot_build_sha)])
        yield gauge("levibot_redis_up", int(seen is not None))
        yield self._errors(seen)
        if seen is None:
            yield self._with_own_latency(None)
            return
        yield gauge("levibot_redis_memory_bytes", seen.memory_bytes)
        now = self._clock()
        yield from self._heartbeats(seen, now)
        known = [shard for shard in seen.shards if not shard["gone"]]
        for family in self._shards.of(known, now):
            yield self._with_own_latency(family) if family.name == "levibot_latency_ms" else family
        yield from account_families(seen.account.get("second"), seen.account.get("books", {}))
        yield from guard_families(seen.guard)

    def _with_own_latency(self, family: Metric | None) -> Metric:
        if family is None:
            [family] = [Metric(one.name, one.documentation, one.type) for one in self._own.latency.collect()]
        family.samples.extend(self._own.latencies())
        return family

    def _errors(self, seen: Seen | None) -> Metric:
        shards = [shard for shard in seen.shards if not shard["gone"]] if seen else []
        trading = (seen.account.get("told") or {}).get("trading_errors", 0) if seen else 0
        own = self._own.error_counts()
        flow = self._shards.errors(shards)
        [of_account] = self._rising.total("trading", {"account": (trading,)} if seen else {}) or (0.0,)
        return counter("levibot_errors_total", {**flow, ("trading",): of_account, **own})

    def _heartbeats(self, seen: Seen, now: int) -> Iterator[Metric]:
        written = {shard["shard"]: shard["written_at"] for shard in seen.shards}
        ages = {(shard,): age_s(at, now) for shard, at in written.items()}
        yield gauge("levibot_shard_age_seconds", ages)
        yield last_update(list(written.values()))
        beats = {process: [age_s(at, now) for at in of.values()] for process, of in seen.heartbeats.items()}
        yield gauge("levibot_heartbeat_age_seconds", {(p,): max(of) for p, of in beats.items() if of})
        limit = self._settings.offline_after_s
        shares = {(p,): sum(age <= limit for age in of) / len(of) if of else 0.0 for p, of in beats.items()}
        yield gauge("levibot_online", shares)
