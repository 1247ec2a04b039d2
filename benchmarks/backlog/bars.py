"""One-second bars of decoded batches: by numpy alone, which is the ceiling, and by Market, which does more.

Numpy alone sorts each batch by symbol and second and reduces the pieces. It carries nothing from one batch to
the next, knows no late tick and no empty second, and makes no feature: no stage can be faster than that.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from confluent_kafka import Consumer, TopicPartition

from benchmarks.backlog.batches import Ends, Took, batches
from connectors.codecs.decode import Decoder
from connectors.kafka.fetching import Fetched
from models.desk.desk import Desk
from models.inputs import TickBatch
from models.market.market import Market
from models.spec import SECOND, Spec
from models.ticks import Floats, Ticks


def windows(client: Consumer, topic: str, high: Ends) -> Took:
    """Make bars by numpy alone."""
    return _timed(client, topic, high, lambda _: lambda batch: one_second(batch.decoded.ticks))


def market(client: Consumer, topic: str, high: Ends) -> Took:
    """Make bars and features by Market, shard by shard."""

    def made(partition: int) -> Callable[[TickBatch], object]:
        stage = Market(Spec(), Desk(), topic=topic, partition=partition)
        return lambda batch: stage.step([batch])

    return _timed(client, topic, high, made)


def one_second(ticks: Ticks) -> Floats:
    """Return open, high, low, close, volume and count of each symbol and second of a batch, (n, 6)."""
    order = np.lexsort((ticks.ts, ticks.symbol))
    symbol, second = ticks.symbol[order], ticks.ts[order] // SECOND
    first = np.flatnonzero(np.r_[True, (np.diff(symbol) != 0) | (np.diff(second) != 0)])
    last = np.r_[first[1:], len(order)] - 1
    price, qty = ticks.price[order], ticks.qty[order]
    return np.column_stack([
        price[first], np.maximum.reduceat(price, first), np.minimum.reduceat(price, first), price[last],
        np.add.reduceat(qty, first), last - first + 1,
    ])  # fmt: skip


def _timed(
    client: Consumer, topic: str, high: Ends, maker: Callable[[int], Callable[[TickBatch], object]]
) -> Took:
    decoder = Decoder()
    seconds = cpu = 0.0
    for partition, end in high.items():
        make = maker(partition)
        client.assign([TopicPartition(topic, partition, 0)])
        for batch in batches(Fetched(client, topic), end, decoder):
            began, used = time.perf_counter(), time.process_time()
            make(batch)
            seconds, cpu = seconds + time.perf_counter() - began, cpu + time.process_time() - used
    return seconds, cpu
