"""The flow's metrics, derived from the read model at each scrape.

What a dead flow no longer measures is left out, never repeated; what grows old (staleness, age) goes on
growing, so that an alert on it fires.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from api.freshness import Plain, age_s
from api.own_metrics import OwnMetrics
from api.shown import ticks_per_minute, trade_age_s
from connectors.redis.reader import RedisDownError, ViewReader
from models.desk.references import name_of

_NS = 1e9


class ViewCollector(Collector):
    """Reads all shards once a scrape."""

    def __init__(
        self, reader: ViewReader, clock: Callable[[], int], stale_after_s: float, own: OwnMetrics
    ) -> None:
        self._reader = reader
        self._clock = clock
        self._stale_after_s = stale_after_s
        self._own = own

    def collect(self) -> Iterator[Metric]:
        """Yield every family; without Redis only that it is down, and the errors."""
        try:
            shards = self._reader.shards()
        except RedisDownError:
            self._own.errors.labels("redis").inc()
            shards = None
        yield GaugeMetricFamily(
            "levibot_redis_up", "1 while the API can read Redis.", int(shards is not None)
        )
        known = [shard for shard in (shards or {}).values() if not shard["gone"]]
        yield self._errors(known)
        if shards is None:
            return
        now = self._clock()
        yield from _shards(shards.values(), now)
        if known:
            yield from _models(known)
            yield from _counts(known)
            yield from self._symbols(known, now)

    def _errors(self, known: Iterable[Plain]) -> Metric:
        family = next(iter(self._own.errors.collect()))
        invalid = sum(shard["ledger"]["invalid"] for shard in known)
        family.add_sample("levibot_errors_total", {"stage": "ticks"}, invalid)
        return family

    def _symbols(self, known: Iterable[Plain], now: int) -> Iterator[Metric]:
        staleness: dict[str, float] = {}
        ticks: dict[str, float] = defaultdict(float)
        for name, symbol in ((n, s) for shard in known for n, s in shard["symbols"].items()):
            age = trade_age_s(symbol, now)
            if age is not None and symbol["level"] != "expired":
                staleness[name] = max(age, staleness.get(name, age))
            if age_s(symbol["signal"]["ts"], now) <= self._stale_after_s:
                ticks[name] += ticks_per_minute(symbol) or 0
        yield _gauges(
            "levibot_features_staleness_seconds", "Seconds since the last trade behind a symbol's features.",
            "symbol", staleness,
        )  # fmt: skip
        yield _gauges(
            "levibot_market_ticks_per_minute", "Trades in the minute before the last closed second.",
            "symbol", ticks,
        )  # fmt: skip


def _gauges(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _shards(shards: Iterable[Plain], now: int) -> Iterator[Metric]:
    written = {shard["shard"]: shard["written_at"] for shard in shards}
    ages = {shard: age_s(at, now) for shard, at in written.items()}
    yield _gauges("levibot_shard_age_seconds", "Seconds since a shard published its view.", "shard", ages)
    if written:
        yield GaugeMetricFamily(
            "spark_last_update_timestamp", "Time of the last view published, in seconds since 1970.",
            max(written.values()) / _NS,
        )  # fmt: skip


def _models(known: list[Plain]) -> Iterator[Metric]:
    names = [(name_of(shard["desk"]["model"]), shard["versions"]) for shard in known]
    active = {(name, versions.get(name, "")) for name, versions in names}
    info = InfoMetricFamily("levibot_active_model", "The active model.", labels=["name", "version"])
    for name, version in sorted(active):
        info.add_metric([name, version], {})
    yield info
    switches = max(shard["desk"]["switches"] for shard in known)
    yield CounterMetricFamily("levibot_model_switches", "Changes of the active model.", switches)
    killed = {shard["shard"]: int(shard["desk"]["killed"]) for shard in known}
    yield _gauges("levibot_killed", "1 while a shard is under a kill of everything.", "shard", killed)


def _counts(known: list[Plain]) -> Iterator[Metric]:
    ledger = CounterMetricFamily(
        "levibot_ledger_items", "Items of the log by what became of them.", labels=["shard", "what"]
    )
    for shard in known:
        for what, count in shard["ledger"].items():
            ledger.add_metric([shard["shard"], what], count)
    yield ledger
    fallbacks: dict[str, float] = defaultdict(float)
    for reason, count in (item for shard in known for item in shard["fallbacks"].items()):
        fallbacks[reason] += count
    family = CounterMetricFamily(
        "levibot_fallback_events", "Symbols that began to be scored by the fallback model.", labels=["reason"]
    )
    for reason, total in fallbacks.items():
        family.add_metric([reason], total)
    yield family
    size = sum(shard["dlq_size"] for shard in known)
    yield GaugeMetricFamily("spark_dlq_size", "Invalid items of the last hour of log time.", size)
