"""Coinbase Advanced Trade: ``market_trades``, with ``heartbeats`` so that quiet subscriptions stay open.

Its rules (docs.cdp.coinbase.com, "Advanced Trade WebSocket"): a channel without updates closes after 60 to
90 s unless heartbeats are subscribed to, and 8 requests a second and address. Trades are numbered without a
break per product, newest first in a message; the snapshot after a subscription holds the last ones, so that a
short loss of the connection often leaves no gap, only trades that come again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import msgspec
import orjson

from connectors.codecs import fields
from connectors.feed.live.venue import UNNUMBERED, Answer, Heard, Request, Trades, Venue, tried

_NO_DATA = ("subscriptions", "heartbeats")


class _Trade(msgspec.Struct):
    product_id: str
    trade_id: str = ""
    time: str = ""


class _Event(msgspec.Struct):
    trades: list[_Trade] = msgspec.field(default_factory=list)


class _Message(msgspec.Struct):
    channel: str = ""
    type: str = ""
    message: str = ""
    events: list[_Event] = msgspec.field(default_factory=list)


_MESSAGE = msgspec.json.Decoder(_Message)


class Coinbase(Venue):
    """Trades put together over 250 ms."""

    name: ClassVar[str] = "coinbase"
    url: ClassVar[str] = "wss://advanced-trade-ws.coinbase.com"
    per_connection: ClassVar[int] = 50
    most_per_connection: ClassVar[int] = 200
    request_gap_s: ClassVar[float] = 0.2
    attempts: ClassVar[tuple[int, float]] = (500, 100.0)

    def requests(self, symbols: Sequence[str]) -> list[Request]:
        """Return one request for each of the two channels."""
        return [
            Request(_request(symbols, channel), tuple(symbols)) for channel in ("market_trades", "heartbeats")
        ]

    def read(self, payload: bytes) -> Heard:
        """Tell trades from acknowledgements, complaints and heartbeats."""
        try:
            message = _MESSAGE.decode(payload)
        except (ValueError, RecursionError):
            return ()
        if message.type == "error":
            return Answer(message.message or "no reason given")
        if message.channel in _NO_DATA:
            return Answer(request=None if message.channel == "subscriptions" else 0)
        trades = [trade for event in message.events for trade in event.trades]
        return _read(trades) if message.channel == "market_trades" else ()


def _request(symbols: Sequence[str], channel: str) -> str:
    return orjson.dumps({"type": "subscribe", "product_ids": list(symbols), "channel": channel}).decode()


def _read(trades: Sequence[_Trade]) -> Heard:
    by_symbol: dict[str, list[_Trade]] = {}
    for trade in trades:
        if (symbol := tried(fields.symbol, trade.product_id)) is not None:
            by_symbol.setdefault(symbol, []).append(trade)
    return tuple(run for symbol, some in by_symbol.items() for run in _runs(symbol, some))


def _runs(symbol: str, trades: Sequence[_Trade]) -> list[Trades]:
    # One message may leave ids out: each stretch without a break is told by itself, the earliest first.
    newest = max((ts for trade in trades if (ts := tried(fields.time_rfc3339, trade.time))), default=None)
    ids = sorted({int(trade.trade_id) for trade in trades if _is_id(trade.trade_id)})
    if not ids:
        return [Trades(symbol, UNNUMBERED, UNNUMBERED, len(trades), newest)]
    starts = [i for i, number in enumerate(ids) if i == 0 or number != ids[i - 1] + 1]
    ends = [*starts[1:], len(ids)]
    return [
        Trades(symbol, ids[start], ids[end - 1], end - start, newest if end == len(ids) else None)
        for start, end in zip(starts, ends, strict=True)
    ]


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20
