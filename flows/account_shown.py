"""What follows a delivered record of the paper account: its view in Redis, and its metrics."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterator
from typing import Any

from prometheus_client.core import CollectorRegistry, CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from connectors.redis.writer import ViewWriter
from models.judge.records import Shard
from models.paper.account import Booked
from models.paper.bodies import ACCOUNT

TRADES = 100
"""The last trades that are kept, of each book."""

_MONEY = ("equity", "cash", "fees", "realised", "unrealised", "pnl", "pnl_1d", "pnl_7d")


class AccountShown:
    """Called by the sink, in order, with what the broker has acknowledged."""

    def __init__(self, writer: ViewWriter, registry: CollectorRegistry) -> None:
        self._writer = writer
        self._books: dict[str, dict[str, Any]] = {}
        self._trades: dict[str, deque[dict[str, Any]]] = {}
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._second: int | None = None
        self._updated_at = time.time()
        registry.register(_Metrics(self))

    def __call__(self, account: Shard, booked: list[Booked]) -> None:
        """Bring the view up to date and hand it to the writer."""
        for one in booked:
            self._second = one.cause.offset
            for record in one.records:
                assert isinstance(record.body, dict)
                self._take(record.topic, record.body)
        self._updated_at = time.time()
        trades = {book: list(found) for book, found in self._trades.items()}
        view = {"second": self._second, "books": dict(self._books), "trades": trades, "symbols": {}}
        self._writer.put(account.key, view)

    def status(self) -> dict[str, Any]:
        """Return the state of this process for its ``/health``."""
        equity = {name: body["equity"] for name, body in self._books.items()}
        written = self._writer.stats()._asdict()
        return {
            "ok": True, "updated_at": self._updated_at, "second": self._second, "equity": equity,
            "view": written,
        }  # fmt: skip

    def families(self) -> Iterator[Metric]:
        """Yield the metrics that are read off the books."""
        equity = GaugeMetricFamily("levibot_equity", "Equity of a paper book", labels=("book",))
        money = GaugeMetricFamily("levibot_paper_money", "Money of a paper book", labels=("book", "what"))
        down = GaugeMetricFamily("levibot_paper_drawdown", "Share below the peak", labels=("book",))
        events = CounterMetricFamily(
            "levibot_paper_events", "Fills and orders not filled", labels=("book", "event", "reason")
        )
        for book, body in list(self._books.items()):
            equity.add_metric((book,), float(body["equity"]))
            down.add_metric((book,), body["drawdown"])
            for what in _MONEY:
                money.add_metric((book, what), float(body[what]))
        for labels, count in list(self._counts.items()):
            events.add_metric(labels, count)
        yield from (equity, money, down, events)

    def _take(self, topic: str, body: dict[str, Any]) -> None:
        if topic == ACCOUNT:
            self._books[body["book"]] = body
            return
        self._trades.setdefault(body["book"], deque(maxlen=TRADES)).append(body)
        self._counts[body["book"], body["event"], body["reason"]] += 1


class _Metrics(Collector):
    def __init__(self, shown: AccountShown) -> None:
        self._shown = shown

    def collect(self) -> Iterator[Metric]:
        """Yield the present metrics."""
        yield from self._shown.families()
