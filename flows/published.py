"""What follows a delivered emission: the read model, the metrics, the look for misrouted symbols."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from prometheus_client.core import CollectorRegistry, CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from connectors.kafka.growth import Growth
from connectors.kafka.routing import Routing
from connectors.kafka.sink import Emitted
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
        refusals: Mapping[str, int],
    ) -> None:
        self._writer = writer
        self._ladder = ladder
        self._positions = positions
        self._growth = growth
        self._refusals = refusals
        self._views: dict[str, ShardView] = {}
        self._routing = Routing()
        self._updated_at = time.time()
        registry.register(_Books(self))

    def __call__(self, shard: Shard, emissions: list[Emitted]) -> None:
        """Bring a shard's view up to date and hand it to the writer."""
        view = self._views.setdefault(shard.key, ShardView(shard, self._ladder))
        for emission in emissions:
            view.update(emission)
        plain = view.as_dict()
        self._routing.see(shard, plain["symbols"])
        self._updated_at = time.time()
        self._writer.put(shard.key, plain)

    def status(self) -> dict[str, Any]:
        """Return the state of this process for its ``/health``."""
        heads = {key: view.as_dict() for key, view in self._views.items()}
        shards = {key: {k: head[k] for k in ("offset", "seq", "second")} for key, head in heads.items()}
        return {
            "ok": True,
            "updated_at": self._updated_at,
            "shards": shards,
            "positions": self._positions(),
            "unread_partitions": self._growth.unread,
            "view": self._writer.stats()._asdict(),
        }

    def families(self) -> Iterator[Metric]:
        """Yield the metrics that are read off the views."""
        views = {key: view.as_dict() for key, view in self._views.items()}
        items = CounterMetricFamily(
            "levibot_ledger_items", "Items of the log by what became of them", labels=("shard", "what")
        )
        dlq = GaugeMetricFamily("spark_dlq_size", "Invalid records of the last hour", value=0)
        for key, view in views.items():
            for what, count in view["ledger"].items():
                items.add_metric((key, what), count)
        dlq.samples[0] = dlq.samples[0]._replace(value=sum(view["dlq_size"] for view in views.values()))
        misrouted = GaugeMetricFamily(
            "levibot_misrouted_symbols", "Symbols on two shards", value=len(self._routing.misrouted)
        )
        last = GaugeMetricFamily(
            "spark_last_update_timestamp", "Unix time of the last delivery", value=self._updated_at
        )
        unread = GaugeMetricFamily(
            "levibot_unread_partitions", "New partitions of tick topics", value=self._growth.unread
        )
        refused = CounterMetricFamily(
            "levibot_bundle_refusals", "Trained models that were not loaded, by reason", labels=("reason",)
        )
        for reason, count in self._refusals.items():
            refused.add_metric((reason,), count)
        yield from (items, dlq, misrouted, unread, last, refused)


class _Books(Collector):
    def __init__(self, published: Published) -> None:
        self._published = published

    def collect(self) -> Iterator[Metric]:
        """Yield the present metrics."""
        yield from self._published.families()
