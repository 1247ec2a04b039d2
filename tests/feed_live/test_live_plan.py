"""What can be bridged: known exchanges, clean symbols, safe addresses."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.feed.errors import FeedError
from connectors.feed.live.binance import Binance
from connectors.feed.live.plan import Live
from connectors.feed.live.venues import NAMES, venue


def plan(**changes: Any) -> Live:
    return Live(**({"venue": Binance(), "symbols": ("BTCUSDT",)} | changes))


def test_by_itself_it_goes_to_the_exchange() -> None:
    """Over TLS, with as many symbols per connection as suits it."""
    assert (plan().address, plan().group_size, plan().local) == (
        "wss://stream.binance.com:9443/stream", 200, False,
    )  # fmt: skip
    assert all(venue(name).url.startswith("wss://") for name in NAMES)


@pytest.mark.parametrize(
    "url", ["ws://127.0.0.1:9/x", "ws://localhost:9", "ws://[::1]:9", "wss://example.org", "wss://127.0.0.1"]
)
def test_safe_addresses(url: str) -> None:
    """TLS anywhere, plain text on this machine only."""
    assert plan(url=url).address == url


@pytest.mark.parametrize(
    "url",
    [
        "ws://stream.binance.com:9443",
        "ws://127.0.0.1.example.org",
        "ws://127.0.0.1@example.org",
        "ws://0.0.0.0:9",
        "http://127.0.0.1",
        "wss://",
        "127.0.0.1:9",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    """However they are dressed up."""
    with pytest.raises(FeedError, match="not safe: use wss://"):
        plan(url=url)


@pytest.mark.parametrize(
    ("symbols", "why"),
    [
        ((), "at least one"),
        (("btcusdt",), "in capitals: BTCUSDT"),
        (("BTCUSDT", "ETHUSDT", "BTCUSDT"), "only once, not BTCUSDT"),
        (('A"],"id":1}',), "symbol must be"),
        (("BTC USDT",), "symbol must be"),
        (("",), "symbol must be"),
    ],
)
def test_other_symbols_are_refused(symbols: tuple[str, ...], why: str) -> None:
    """Before anything is asked of the exchange."""
    with pytest.raises(FeedError, match=why):
        plan(symbols=symbols)


@pytest.mark.parametrize("size", [0, 1_025])
def test_a_connection_carries_what_the_exchange_allows(size: int) -> None:
    """Binance: 1,024 streams."""
    with pytest.raises(FeedError, match="1 to 1024"):
        plan(per_connection=size)


def test_unknown_exchanges_and_streams_are_refused() -> None:
    """With what there is."""
    with pytest.raises(FeedError, match="binance, bybit, coinbase"):
        venue("mtgox")
    with pytest.raises(FeedError, match="trade or aggTrade"):
        venue("binance", "depth")
    with pytest.raises(FeedError, match="for Binance"):
        venue("bybit", "aggTrade")
