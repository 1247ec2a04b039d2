"""Tick topics of the past: a simulated market as canonical JSON, keyed by symbol, evenly over partitions."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson

from benchmarks.brokers import Broker
from benchmarks.errors import BenchmarkError
from connectors.kafka.clients import consumer, producer
from connectors.kafka.reading import ends
from connectors.settings import Settings
from models.simulator import Kind, MarketSpec, Record, instruments, simulate
from models.spec import SECOND

SYMBOLS = 20
_MILLI = 1_000_000
_CLOSING_AFTER_S = 5


@dataclass(frozen=True, slots=True)
class TickTopic:
    """A topic whose last records close every second before them."""

    name: str
    ends: tuple[int, ...]  # by partition
    density: float  # ticks per symbol and second, as it came out
    what: str  # in words

    @property
    def records(self) -> int:
        """Return the number of records, each of them one tick."""
        return sum(self.ends)


def fill(
    broker: Broker, name: str, what: str, *, rate: float, ticks: int, symbols: int = SYMBOLS
) -> TickTopic:
    """Simulate a market into a new topic; raise ``BenchmarkError`` if it does not hold all.

    ``rate`` is the mean number of ticks per symbol and second.
    """
    ticks = min(ticks, broker.most_ticks)
    broker.create(settings_of(instance(broker, name)))
    start_ts = time.time_ns() - round(2 * ticks / (symbols * rate) + 60) * SECOND
    market = MarketSpec(instruments=instruments(symbols), ticks_per_second=rate)
    places = {each.symbol.encode(): n % broker.partitions for n, each in enumerate(market.instruments)}
    client = producer(broker.bootstrap, linger_ms=100)
    last = start_ts
    for record in islice(simulate(market, seed=1, start_ts=start_ts), ticks):
        last = record.record_ts
        _put(client, name, record, places[record.key])
    for record in closing(places, broker.partitions, last):
        _put(client, name, record, places[record.key])
    client.flush()
    density = ticks * SECOND / (last - start_ts) / symbols
    return TickTopic(name, _ends(broker, name, ticks + symbols), density, f"{what} {density:.3g}")


def closing(keys: Iterable[bytes], partitions: int, last_ts: int) -> Iterator[Record]:
    """Yield one tick a symbol, by turns of the partitions.

    Each moves log time on, so that the last progress covers all before it; but not beyond what a topic takes.
    """
    for n, key in enumerate(keys):
        ts = last_ts // _MILLI * _MILLI + (_CLOSING_AFTER_S + n // partitions) * SECOND
        value = orjson.dumps({"symbol": key.decode(), "ts": ts, "price": 100.0, "qty": 1.0})
        yield Record(ts, ts, key, value, Kind.TICK)


def instance(broker: Broker, ticks: str) -> dict[str, Any]:
    """Return the settings that name the broker and the tick topic."""
    return {
        "kafka_bootstrap": broker.bootstrap,
        "partitions": broker.partitions,
        "tick_topics": ticks,
        "recorded_ticks": True,
    }


def settings_of(values: dict[str, Any]) -> Settings:
    """Return settings, whatever a ``.env`` says."""
    return Settings(_env_file=None, **values)  # type: ignore[call-arg]  # pydantic's, unknown to mypy


def _put(client: Any, topic: str, record: Record, partition: int) -> None:
    while True:
        try:
            client.produce(
                topic, record.value, record.key, partition=partition, timestamp=record.record_ts // _MILLI
            )
            return
        except BufferError:
            client.poll(0.05)


def _ends(broker: Broker, topic: str, sent: int) -> tuple[int, ...]:
    client = consumer(broker.bootstrap)
    bounds = [ends(client, topic, partition) for partition in range(broker.partitions)]
    client.close()
    if any(low for low, _ in bounds) or sum(high for _, high in bounds) != sent:
        raise BenchmarkError(f"{topic}: {sent} records were sent, the broker holds {bounds}: use fewer ticks")
    return tuple(high for _, high in bounds)
