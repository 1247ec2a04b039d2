"""What follows a delivered record of the paper account: its view in Redis, and its metrics."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import Any

import structlog
from prometheus_client.core import CollectorRegistry, Metric
from prometheus_client.registry import Collector

from connectors.metrics.families import counter
from connectors.metrics.from_account import account_families
from connectors.redis.keys import equity
from connectors.redis.writer import ViewWriter
from flows.slo.account import FAILURES
from models.judge.records import Shard
from models.paper.account import Booked
from models.paper.bodies import ACCOUNT, TRADES
from models.spec import SECOND

_LOG = structlog.get_logger()
LAST = 100
"""So many trades of each book are kept, the last ones."""


class AccountShown:
    """Called by the sink, in order, with what the broker has acknowledged.

    A record that it has seen is passed over: after a crash the account gives its last ones again.
    """

    def __init__(self, writer: ViewWriter, registry: CollectorRegistry) -> None:
        self._writer = writer
        self._books: dict[str, dict[str, Any]] = {}
        self._trades: dict[str, deque[dict[str, Any]]] = {}
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._next: dict[str, int] = {}  # ordinals, by topic
        self._second: int | None = None
        self._updated_at = time.time()
        registry.register(_Metrics(self))

    def remember(self, account: Shard, topic: str, bodies: Sequence[dict[str, Any]]) -> None:
        """Show what an earlier process has published, oldest first; it does not count as an event."""
        for body in bodies:
            self._take(topic, body)
            self._second = max(self._second or 0, body["caused_by"]["offset"])
        self._put(account)

    def __call__(self, account: Shard, booked: list[Booked]) -> None:
        """Bring the view up to date and hand it to the writer."""
        for one in booked:
            self._second = max(self._second or 0, one.cause.offset)
            for topic, _, body, _ in one.records:
                assert isinstance(body, dict)
                if self._take(topic, body) and topic == TRADES:
                    self._counts[body["book"], body["event"], body["reason"]] += 1
                    _tell(body)
        self._updated_at = time.time()
        self._put(account)

    def _put(self, account: Shard) -> None:
        if self._second is None:
            return
        trades = {book: list(found) for book, found in self._trades.items()}
        told = {"trading_errors": self._errors()}
        view = {
            "second": self._second,
            "books": dict(self._books),
            "trades": trades,
            "told": told,
            "symbols": {},
        }
        self._writer.put(account.key, view)

    def status(self) -> dict[str, Any]:
        """Return the state of this process for its ``/health``."""
        equity = {name: body["equity"] for name, body in list(self._books.items())}
        written = self._writer.stats()._asdict()
        return {
            "updated_at": self._updated_at, "second": self._second, "equity": equity,
            "view": written,
        }  # fmt: skip

    def families(self) -> Iterator[Metric]:
        """Yield the metrics that are read off the books."""
        yield from account_families(self._second, dict(self._books))
        yield counter("levibot_paper_events_total", dict(self._counts))
        yield counter("levibot_errors_total", {("trading",): self._errors()})

    def _errors(self) -> int:
        """Return how many orders have failed for another reason than the account's rules."""
        return sum(n for (_, _, reason), n in list(self._counts.items()) if reason in FAILURES)

    def _take(self, topic: str, body: dict[str, Any]) -> bool:
        """Take a record in and return whether it is new."""
        if body["ordinal"] < self._next.get(topic, 0):
            return False
        self._next[topic] = body["ordinal"] + 1
        if topic == ACCOUNT:
            self._books[body["book"]] = body
            self._writer.record(equity(body["book"]), [_point(body)])
        else:
            self._trades.setdefault(body["book"], deque(maxlen=LAST)).append(body)
        return True


def _point(account: dict[str, Any]) -> dict[str, Any]:
    """Return what a book was worth; of one second the later record comes later."""
    ts = account["ts"]
    when = {"id": f"{account['ordinal']:015d}", "ts": ts, "second": ts // SECOND}
    return {**when, "value": float(account["equity"])}


def _tell(trade: dict[str, Any]) -> None:
    """Log an order that is blocked because its symbol is not on the canary list."""
    if "tag" in trade:
        _LOG.info(f"{trade['tag']} blocked", **{name: trade[name] for name in ("symbol", "book", "side")})


class _Metrics(Collector):
    def __init__(self, shown: AccountShown) -> None:
        self._shown = shown

    def collect(self) -> Iterator[Metric]:
        """Yield the present metrics."""
        yield from self._shown.families()
