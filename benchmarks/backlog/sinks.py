"""Where the records of one shard go, for measuring what the product's sink costs.

``Nowhere`` forgets them. ``Exact`` is the product's sink: ordinals, an idempotent producer that leaves no
gap, all acknowledgements awaited once a second, as before a snapshot. ``Plain`` hands each record to a
producer without any of this, acknowledged by the leader alone: it can lose and repeat.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from confluent_kafka import Producer

from connectors.codecs.wire import Encoded
from connectors.kafka.clients import exact_producer, producer
from connectors.kafka.outlets import LINGER_MS, Outlet
from connectors.kafka.sink import Emitted, ShardSink
from models.judge.records import Shard

EPOCH_S = 1.0
FLUSH_S = 60.0
Published = tuple[Emitted, list[Encoded]]


class Into(Protocol):
    """Where one shard's records go."""

    def write(self, items: list[Published]) -> None:
        """Take some."""

    def finish(self) -> None:
        """Wait until all are there."""


class Nowhere:
    """Forgets records."""

    def write(self, items: list[Published]) -> None:
        """Forget them."""

    def finish(self) -> None:
        """Nothing is left to do."""


class Exact:
    """The product's sink."""

    def __init__(self, outlet: Outlet, shard: Shard, suffix: str) -> None:
        self._sink: ShardSink[Emitted] = ShardSink(shard, outlet, {}, suffix, lambda *_: None)
        self._awaited_at = time.monotonic()

    def write(self, items: list[Published]) -> None:
        """Publish, and once an epoch wait for all acknowledgements."""
        self._sink.write_batch(items)
        if time.monotonic() - self._awaited_at > EPOCH_S:
            self.finish()

    def finish(self) -> None:
        """Wait for all acknowledgements."""
        self._sink.snapshot()
        self._awaited_at = time.monotonic()


class Plain:
    """A producer that promises little."""

    def __init__(self, client: Producer, shard: Shard, suffix: str) -> None:
        self._client = client
        self._partition = shard.number
        self._suffix = suffix

    def write(self, items: list[Published]) -> None:
        """Hand records on."""
        for _, records in items:
            for record in records:
                self._put(record)
        self._client.poll(0)

    def finish(self) -> None:
        """Wait until the queue is empty."""
        self._client.flush(FLUSH_S)

    def _put(self, record: Encoded) -> None:
        while True:
            try:
                self._client.produce(
                    record.topic + self._suffix, record.value, record.key, self._partition,
                    headers=record.headers,
                )  # fmt: skip
                return
            except BufferError:
                self._client.poll(0.05)


def sinks(how: str, bootstrap: str, suffix: str) -> Callable[[Shard], Into]:
    """Return what opens a shard's sink; the client is one for all shards, and connects already."""
    if how == "none":
        return lambda _: Nowhere()
    if how == "exact":
        outlet = Outlet(exact_producer(bootstrap, linger_ms=LINGER_MS))
        return lambda shard: Exact(outlet, shard, suffix)
    client = producer(bootstrap, linger_ms=LINGER_MS, enable_idempotence=False, acks=1)
    return lambda shard: Plain(client, shard, suffix)
