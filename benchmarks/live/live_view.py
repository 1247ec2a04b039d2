"""A view in Redis as live flows would keep it: symbols that trade once a second, through the real stages."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

import numpy as np

from connectors.redis.view import ShardView
from connectors.redis.writer import ViewWriter
from models.desk.desk import Desk
from models.inputs import Input, TickBatch
from models.judge.judge import Judge
from models.judge.records import Shard
from models.market.market import Market
from models.scoring.registry import load_all
from models.scoring.scorer import Scorer
from models.spec import SECOND, Spec
from models.ticks import NO_ID, Decoded, Symbol, Ticks

HISTORY_S = 120
"""Seconds that have closed before anybody reads, so that features have something to rest on."""


class LiveShard:
    """The stages of one shard, fed with one trade a second and symbol."""

    def __init__(self, partition: int, symbols: list[str]) -> None:
        self.shard = Shard("ticks", partition, partition)
        self.view = ShardView(self.shard)
        self._symbols = tuple(Symbol("", name) for name in symbols)
        self._random = np.random.default_rng(partition)
        self._price = 100.0 * np.exp(self._random.normal(size=len(symbols)))
        spec, models = Spec(), load_all(("stub-sine", "ml-fusion"))
        self._market = Market(spec, Desk(), topic="ticks", partition=partition)
        self._scorer, self._judge = Scorer(spec, models), Judge(spec, self.shard, models)
        self._offset = 0

    def trade(self, second: int) -> None:
        """Take in a trade of every symbol at the beginning of a second."""
        n = len(self._symbols)
        self._price *= np.exp(self._random.normal(0.0, 1e-4, n))
        closed = self._market.step([self._batch(second, n)])
        for emission in self._judge.step(self._scorer.step(closed)):
            self.view.update(emission)

    def _batch(self, second: int, n: int) -> Input:
        row, zero = np.arange(n), np.zeros(n, dtype=np.int64)
        ts = np.full(n, second * SECOND)
        ticks = Ticks(
            row, zero, row, ts, self._price.copy(), np.ones(n), np.ones(n, dtype=np.int8),
            np.full(n, NO_ID), self._symbols,
        )  # fmt: skip
        offsets = self._offset + row
        self._offset += n
        return TickBatch(offsets, ts, [b""] * n, Decoded(ticks, zero[:0], ()), 0)


class LiveView:
    """Publishes shards once a second, from a thread, until it is closed."""

    def __init__(self, url: str, shards: list[LiveShard]) -> None:
        self._shards = shards
        self._writer = ViewWriter(url)
        self._ending = threading.Event()
        now = int(time.time())
        for second in range(now - HISTORY_S, now + 1):
            self._trade(second)
        self._publish()
        self._thread = threading.Thread(target=self._run, name="live-view", daemon=True)
        self._thread.start()

    def _trade(self, second: int) -> None:
        for shard in self._shards:
            shard.trade(second)

    def _publish(self) -> None:
        for shard in self._shards:
            self._writer.put(shard.shard.key, shard.view.as_dict())

    def _run(self) -> None:
        second = int(time.time())
        while not self._ending.wait(max(second + 1 - time.time(), 0.0)):
            second += 1
            self._trade(second)
            self._publish()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join()
        self._writer.close()
