"""The exchanges that can be bridged, by name."""

from __future__ import annotations

from connectors.feed.errors import FeedError
from connectors.feed.live.binance import STREAMS, Binance
from connectors.feed.live.bybit import Bybit
from connectors.feed.live.coinbase import Coinbase
from connectors.feed.live.venue import Venue

NAMES = (Binance.name, Bybit.name, Coinbase.name)


def venue(name: str, stream: str = STREAMS[0]) -> Venue:
    """Return the exchange; ``stream`` matters to Binance alone. Raise ``FeedError`` for an unknown one."""
    if name == Binance.name:
        return _binance(stream)
    if stream != STREAMS[0]:
        raise FeedError(f"--stream is for Binance; {name} has one stream of trades")
    if name == Bybit.name:
        return Bybit()
    if name == Coinbase.name:
        return Coinbase()
    raise FeedError(f"no bridge to {name!r}: choose one of {', '.join(NAMES)}")


def _binance(stream: str) -> Venue:
    try:
        return Binance(stream)
    except ValueError as error:
        raise FeedError(str(error)) from error
