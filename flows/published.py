"""What follows a delivered emission: the read model, the metrics, the look for misrouted symbols."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from prometheus_client.core import CollectorRegistry, Metric
from prometheus_client.registry import Collector

from connectors.kafka.growth import Growth
from connectors.kafka.routing import Routing
from connectors.kafka.sink import Emitted
from connectors.metrics.families import counter, gauge
from connectors.metrics.from_shards import ShardFamilies
from connectors.redis.keys import SCORES
from connectors.redis.view import ShardView
from connectors.redis.writer import ViewWriter
from models.judge.records import Shard
from models.spec import Staleness


class Published:
    """Called by the sink, in order, with what the broker has acknowledged."""

    def __init__(
        self,
        writer: ViewWriter,
        ladder: Staleness,
        registry: CollectorRegistry,
        positions: Callable[[], dict[str, int]],
        growth: Growth,
        told: Callable[[str], dict[str, Any]],
        stale_after_s: float,
    ) -> None:
        self._writer = writer
        self._ladder = ladder
        self._positions = positions
        self._growth = growth
        self._told = told
        self._families = ShardFamilies(stale_after_s)
        self._views: dict[str, ShardView] = {}
        self._shown: dict[
            str, dict[str, Any]
        ] = {}  # as handed out last; never changed, so any thread may look
        self._routing = Routing()
        self._updated_at = time.time()
        registry.register(_Books(self))

    def __call__(self, shard: Shard, emissions: list[Emitted]) -> None:
        """Bring a shard's view up to date and hand it to the writer."""
        view = self._views.setdefault(shard.key, ShardView(shard, self._ladder))
        for emission in emissions:
            view.update(emission)
        plain = view.as_dict() | {"told": self._told(shard.key)}
        self._shown = {**self._shown, shard.key: plain}
        self._routing.see(shard, plain["symbols"])
        self._updated_at = time.time()
        self._writer.put(shard.key, plain)
        self._writer.record(SCORES, view.take_scores())

    def status(self) -> dict[str, Any]:
        """Return the state of this process for its ``/health``."""
        shards = {key: {k: head[k] for k in ("offset", "seq", "second")} for key, head in self._shown.items()}
        return {
            "updated_at": self._updated_at,
            "shards": shards,
            "positions": self._positions(),
            "unread_partitions": self._growth.unread,
            "view": self._writer.stats()._asdict(),
        }

    def families(self) -> Iterator[Metric]:
        """Yield the metrics that are read off the views, and those of what is beside them."""
        views = list(self._shown.values())
        yield from self._families.of(views, time.time_ns())
        yield counter("levibot_errors_total", self._families.errors(views))
        yield gauge("spark_last_update_timestamp", self._updated_at)
        yield gauge("levibot_misrouted_symbols", len(self._routing.misrouted))
        yield gauge("levibot_unread_partitions", self._growth.unread)


class _Books(Collector):
    def __init__(self, published: Published) -> None:
        self._published = published

    def collect(self) -> Iterator[Metric]:
        """Yield the present metrics."""
        yield from self._published.families()
