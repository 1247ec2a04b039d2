"""What the signals flow's process alone knows of its shards: how far behind they are, and of their ticks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from connectors.metrics.edges import RECORDS
from connectors.metrics.families import Buckets, Labels, counter, gauge, histogram
from flows.metrics.figures import ShardFigures
from flows.metrics.loading import Timed
from flows.metrics.told import coarse
from flows.slo.shards import ShardsMeter
from models.spec import SECOND

_QUEUE = "queue_depth"


def meter_families(
    meter: ShardsMeter, shards: Sequence[str], clock: Callable[[], int] = time.time_ns
) -> Iterator[Metric]:
    """Yield lags, queues and the skew of event time, for shards that have told any."""
    parts = {shard: meter.parts(shard) for shard in shards}
    queues: dict[Labels, Buckets] = {}
    for shard, (tally, _) in parts.items():
        if _QUEUE in (found := tally.since_start()):
            counts = coarse(found[_QUEUE], RECORDS)
            queues[shard,] = counts[:-1], counts[-1]
    yield histogram("levibot_queue_depth", RECORDS, queues)
    figures = {shard: of for shard, (_, of) in parts.items()}
    behind = {(shard,): float(of.behind) for shard, of in figures.items() if of.behind is not None}
    yield gauge("levibot_lag_records", behind)
    now = clock()
    yield gauge("levibot_lag_seconds", {key: _lag_s(figures[key[0]], now) for key in behind})
    skews = {(shard,): of.skew_s for shard, of in figures.items() if of.skew_s is not None}
    yield gauge("levibot_event_time_skew_seconds", skews)


def _lag_s(figures: ShardFigures, now: int) -> float:
    return max(0.0, (now - figures.log_ts) / SECOND) if figures.behind and figures.log_ts else 0.0


class ShardCollector(Collector):
    """Looks at the meter and at the loader of trained models at each scrape."""

    def __init__(
        self, meter: ShardsMeter, shards: Sequence[str], refusals: Mapping[str, int], timed: Timed
    ) -> None:
        self._meter = meter
        self._shards = shards
        self._refusals = refusals
        self._timed = timed

    def collect(self) -> Iterator[Metric]:
        """Yield the present metrics."""
        yield from meter_families(self._meter, self._shards)
        refusals = {(reason,): count for reason, count in list(self._refusals.items())}
        yield counter("levibot_bundle_refusals_total", refusals)
        loads = {(name,): seconds for name, seconds in self._timed.seconds.items()}
        yield gauge("levibot_model_load_seconds", loads)
