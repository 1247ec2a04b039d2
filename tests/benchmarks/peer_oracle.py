"""One-second bars by their definition, as plainly as can be: what all ways of making them must give."""

from __future__ import annotations

import json
import math
from contextlib import closing

from benchmarks.brokers import Broker
from benchmarks.peers.bars import Bar
from benchmarks.ticks import TickTopic
from connectors.kafka.clients import consumer
from connectors.kafka.reading import read_range

Ticks = list[tuple[str, int, float, float]]  # symbol, second, price, quantity


def expected(ticks: Ticks) -> list[Bar]:
    """Return the bars of ticks in log order, by the definition of a bar."""
    seconds: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for symbol, second, price, qty in ticks:
        seconds.setdefault((symbol, second), []).append((price, qty))
    found = []
    for (symbol, second), trades in sorted(seconds.items()):
        prices = [price for price, _ in trades]
        volume = math.fsum(qty for _, qty in trades)
        found.append(
            Bar(symbol, second, prices[0], max(prices), min(prices), prices[-1], volume, len(trades))
        )
    return found


def ticks_of(broker: Broker, topic: TickTopic) -> Ticks:
    """Return what a topic holds."""
    found = []
    with closing(consumer(broker.bootstrap)) as client:
        for partition, end in enumerate(topic.ends):
            for message in read_range(client, topic.name, partition, 0, end):
                tick = json.loads(message.value() or b"")
                found.append((tick["symbol"], tick["ts"] // 10**9, tick["price"], tick["qty"]))
    return found
