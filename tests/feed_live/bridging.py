"""A topic in memory, a clock that only waits move, and the bridge between an exchange and them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from connectors.feed.live.binance import Binance
from connectors.feed.live.plan import Live, Timing
from connectors.feed.live.run import bridged
from connectors.feed.live.summary import LiveSummary
from connectors.feed.live.venue import Venue
from tests.feed_live.exchange import MILLI, START, Exchange, Part


class Topic:
    """Records in memory."""

    def __init__(self) -> None:
        self.records: list[tuple[bytes, bytes, int, dict[str, Any]]] = []
        self.finished = False

    def send(
        self,
        key: bytes,
        value: bytes,
        ts: int,
        headers: list[tuple[str, str | bytes | None]] | None = None,
    ) -> None:
        """Keep one record."""
        self.records.append((key, value, ts, dict(headers or [])))

    def wait(self, seconds: float) -> None:
        """Nothing is on its way."""

    def finish(self) -> None:
        """Everything was kept."""
        self.finished = True

    @property
    def values(self) -> list[bytes]:
        """What was sent, in order."""
        return [value for _, value, _, _ in self.records]


class Time:
    """A clock that only waits move, and a wall clock that moves a millisecond at each look."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.wall = START
        self.waits: list[float] = []

    async def pause(self, seconds: float) -> None:
        """Let so much time pass at once."""
        self.waits.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def look(self) -> int:
        """Return the wall clock's time."""
        self.wall += MILLI
        return self.wall

    @property
    def timing(self) -> Timing:
        """As the bridge sees it; every draw is the highest."""
        return Timing(lambda: self.now, self.look, self.pause, lambda low, high: high)


class Run:
    """A bridge from an ``Exchange`` to a ``Topic``; ``go`` runs it to its end."""

    def __init__(
        self,
        *parts: Part,
        symbols: tuple[str, ...] = ("BTCUSDT",),
        venue: Venue | None = None,
        refusals: Sequence[tuple[HTTPStatus, dict[str, str]]] = (),
        tls: ssl.SSLContext | None = None,
        **plan: Any,
    ) -> None:
        self.exchange = Exchange(*parts, refusals=refusals, tls=tls)
        self.topic = Topic()
        self.time = Time()
        self._plan = {"venue": venue or Binance(), "symbols": symbols, **plan}
        self.asked = False

    def go(self) -> LiveSummary:
        """Bridge until the limit, or until ``asked`` is set; a test that hangs fails."""
        return asyncio.run(self._go())

    async def _go(self) -> LiveSummary:
        async with asyncio.timeout(20), self.exchange:
            plan = Live(**({"url": self.exchange.url} | self._plan))
            return await bridged(plan, self.topic, lambda: self.asked, timing=self.time.timing)
