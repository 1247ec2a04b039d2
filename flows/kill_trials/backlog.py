"""A backlog of ticks that never ends: recorded market time, added to before the flow has worked it off."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice

from connectors.kafka.clients import producer
from connectors.kafka.errors import BrokerError
from connectors.settings import Settings
from models.simulator import MarketSpec, Record, instruments, simulate
from models.spec import SECOND

SYMBOLS = 20
RATE = 5.0
"""Mean ticks per symbol and second: about what was recorded of BTCUSDT."""
BEGAN_S = 14 * 86_400
"""The market's time begins so long ago; no tick may be of the future."""
_MILLI = 1_000_000
_FLUSH_S = 60.0


class Backlog:
    """A simulated market, evenly over the partitions of the tick topic."""

    def __init__(self, settings: Settings, seed: int) -> None:
        self.ends = [0] * settings.partitions
        self._topic = settings.tick_topics
        market = MarketSpec(instruments=instruments(SYMBOLS), ticks_per_second=RATE)
        names = [each.symbol.encode() for each in market.instruments]
        self._partitions = {name: place % settings.partitions for place, name in enumerate(names)}
        start = time.time_ns() - BEGAN_S * SECOND
        self._records: Iterator[Record] = simulate(market, seed=seed, start_ts=start)
        self._client = producer(settings.kafka_bootstrap, linger_ms=50)

    def add(self, ticks: int) -> None:
        """Add so many ticks and return once the broker has them; raise ``BrokerError`` if it does not."""
        for record in islice(self._records, ticks):
            self._put(record)
        if self._client.flush(_FLUSH_S):
            raise BrokerError("the broker did not take the ticks of the backlog")

    def left(self, positions: dict[str, int] | None) -> int:
        """Return how many ticks the shard that is ahead of the others still has to work off."""
        if not positions:
            return min(self.ends)
        return min(self.ends[int(key.rpartition("/")[2])] - at for key, at in positions.items())

    def _put(self, record: Record) -> None:
        partition = self._partitions[record.key]
        while True:
            try:
                self._client.produce(
                    self._topic, record.value, record.key, partition=partition,
                    timestamp=record.record_ts // _MILLI,
                )  # fmt: skip
            except BufferError:
                self._client.poll(0.05)
                continue
            self.ends[partition] += 1
            return
