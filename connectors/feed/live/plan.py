"""What to bridge and how, and the clocks it goes by."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import numpy as np

from connectors.codecs import fields
from connectors.codecs.items import FieldError
from connectors.feed.errors import FeedError
from connectors.feed.live.venue import Venue

_LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A bridge from one exchange to one topic."""

    venue: Venue
    symbols: tuple[str, ...]
    topic: str = "ticks"
    bootstrap: str = ""
    url: str = ""
    """Instead of the exchange's own."""
    per_connection: int | None = None
    """Symbols per connection, instead of the exchange's."""
    seconds: float | None = None
    """End after so long."""
    limit: int | None = None
    """End after exactly so many records."""
    stall_s: float = 30.0
    """So long without a message, and a ping decides."""
    pong_s: float = 10.0
    silence_s: float = 300.0
    """So long without a message, and a new connection is made whatever the ping says."""
    max_age_s: float = 23.5 * 3_600
    """Age at which a connection is relieved, before the exchange's 24 hours."""
    answer_s: float = 10.0
    """How long an exchange may take to accept a connection, and each request."""
    first_attempts: int = 5
    """So many attempts at a connection that never stood, then the bridge gives up; later it never does."""
    silent_after_s: float = 60.0
    """A symbol that has said nothing for so long is named."""

    def __post_init__(self) -> None:
        """Raise ``FeedError`` for what cannot be bridged."""
        _check_symbols(self.symbols)
        _check_url(self.address)
        most = self.venue.most_per_connection
        if not 1 <= self.group_size <= most:
            raise FeedError(f"one connection to {self.venue.name} carries 1 to {most} symbols")

    @property
    def address(self) -> str:
        """Where to connect to."""
        return self.url or self.venue.url

    @property
    def local(self) -> bool:
        """Whether the server is on this machine."""
        return urlsplit(self.address).hostname in _LOCAL

    @property
    def group_size(self) -> int:
        """Symbols per connection."""
        return self.venue.per_connection if self.per_connection is None else self.per_connection


def _system_draw(low: float, high: float) -> float:
    return float(np.random.default_rng().uniform(low, high))


@dataclass(frozen=True, slots=True)
class Timing:
    """The clocks, the waits and the dice of a bridge."""

    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], int] = time.time_ns
    pause: Callable[[float], Awaitable[object]] = field(default=asyncio.sleep)
    draw: Callable[[float, float], float] = _system_draw


def _check_symbols(symbols: tuple[str, ...]) -> None:
    if not symbols:
        raise FeedError("name at least one symbol")
    for symbol in symbols:
        try:
            named = fields.symbol(symbol)
        except FieldError as error:
            raise FeedError(error.refused.detail) from error
        if named != symbol:
            raise FeedError(f"write {symbol} in capitals: {named}")
    if twice := sorted({symbol for symbol in symbols if symbols.count(symbol) > 1}):
        raise FeedError(f"name each symbol only once, not {', '.join(twice)}")


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "wss" and parts.hostname:
        return
    if parts.scheme != "ws" or parts.hostname not in _LOCAL:
        raise FeedError(f"{url} is not safe: use wss://, or ws:// for a test server on this machine only")
