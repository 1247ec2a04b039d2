"""No engine at all: confluent-kafka's ``consume()``, orjson, and a dictionary of open bars, tick by tick."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
from confluent_kafka import Consumer, KafkaException, TopicPartition

from benchmarks.errors import BenchmarkError
from benchmarks.peers.bars import Bar, write
from benchmarks.peers.telling import FETCHING, Began, Moment, tell

BATCH = 250
"""Messages of a call, as ours; with 100 or 1,000 it was as fast."""
WAIT_S = 10.0


def main(bootstrap: str, topic: str, partitions: str, out: str) -> None:
    """Make the bars of a topic, tell how long it took, and write them."""
    client = Consumer({
        "bootstrap.servers": bootstrap, "group.id": "plain", "enable.auto.commit": False,
        "auto.offset.reset": "error", **FETCHING,
    })  # fmt: skip
    places = [TopicPartition(topic, p, 0) for p in range(int(partitions))]
    records = sum(client.get_watermark_offsets(place)[1] for place in places)
    bars, began = Bars(), Began()
    client.assign(places)
    for value in _values(client, records, began):
        tick = orjson.loads(value)
        bars.take(tick["symbol"], tick["ts"] // 1_000_000_000, tick["price"], tick["qty"])
    bars.close()
    ended = Moment.now()
    client.close()
    tell(records, began, ended, version("confluent-kafka"))
    write(Path(out), [Bar(*each) for each in bars.made])


class Bars:
    """One open bar for each symbol, closed by its first tick of a later second."""

    def __init__(self) -> None:
        self.made: list[list[Any]] = []  # the fields of a ``Bar``
        self._open: dict[str, list[Any]] = {}

    def take(self, symbol: str, second: int, price: float, qty: float) -> None:
        """Take one tick in; raise ``BenchmarkError`` where its bar is closed."""
        bar = self._open.get(symbol)
        if bar is None or second > bar[1]:
            if bar is not None:
                self.made.append(bar)
            self._open[symbol] = [symbol, second, price, price, price, price, qty, 1]
            return
        if second < bar[1]:
            raise BenchmarkError(f"a tick of {symbol} in second {second} came after one in {bar[1]}")
        if price > bar[3]:
            bar[3] = price
        elif price < bar[4]:
            bar[4] = price
        bar[5] = price
        bar[6] += qty
        bar[7] += 1

    def close(self) -> None:
        """Close what is open."""
        self.made += self._open.values()
        self._open.clear()


def _values(client: Consumer, left: int, began: Began) -> Iterator[bytes]:
    while left:
        messages = client.consume(min(BATCH, left), WAIT_S)
        if not messages:
            raise BenchmarkError(f"nothing came for {WAIT_S:.0f} s, {left} records before the end")
        for message in began.note(messages):
            if error := message.error():
                raise KafkaException(error)
            yield message.value() or b""
        left -= len(messages)


if __name__ == "__main__":
    main(*sys.argv[1:])
