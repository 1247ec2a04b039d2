"""Binance spot: the combined stream, ``<symbol>@trade`` or ``<symbol>@aggTrade``.

Its rules (developers.binance.com, "WebSocket Streams"): 1,024 streams a connection, 5 incoming messages a
second (pongs count), 300 connection attempts per 5 minutes and address, a connection ends after 24 hours, and
``serverShutdown`` comes before a server goes. A subscription to a symbol that does not exist is acknowledged
like any other: only its silence tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec
import orjson

from connectors.codecs import fields
from connectors.feed.live.venue import Answer, Heard, Notice, Request, Trades, Venue, chunks, tried

STREAMS = ("trade", "aggTrade")
_PER_REQUEST = 100


class _Event(msgspec.Struct):
    kind: str = msgspec.field(default="", name="e")
    symbol: str = msgspec.field(default="", name="s")
    trade: int = msgspec.field(default=-1, name="t")
    first: int = msgspec.field(default=-1, name="f")
    last: int = msgspec.field(default=-1, name="l")
    ts: int | None = msgspec.field(default=None, name="T")


class _Error(msgspec.Struct):
    msg: str = ""


class _Message(_Event):
    stream: str = ""
    data: _Event | None = None
    id: int | str | None = None
    result: Any = msgspec.UNSET
    error: _Error | None = None
    code: int | None = None
    msg: str = ""


_READ = msgspec.json.Decoder(_Message)


class Binance(Venue):
    """Trades one by one, or put together per taker order; both are numbered without a break."""

    name: ClassVar[str] = "binance"
    url: ClassVar[str] = "wss://stream.binance.com:9443/stream"
    per_connection: ClassVar[int] = 200
    most_per_connection: ClassVar[int] = 1_024
    request_gap_s: ClassVar[float] = 0.35  # leaves room for pongs
    attempts: ClassVar[tuple[int, float]] = (300, 300.0)

    def __init__(self, stream: str = "trade") -> None:
        """Choose the stream; raise ``ValueError`` for one that does not carry trades."""
        if stream not in STREAMS:
            raise ValueError(f"Binance streams trades as {' or '.join(STREAMS)}, not as {stream!r}")
        self._stream = stream

    def requests(self, symbols: Sequence[str]) -> list[Request]:
        """Return SUBSCRIBE requests of 100 streams each."""
        return [
            Request(self._request(group, number), group)
            for number, group in enumerate(chunks(symbols, _PER_REQUEST), start=1)
        ]

    def read(self, payload: bytes) -> Heard:
        """Tell trades from answers and from the announcement of a shutdown."""
        try:
            message = _READ.decode(payload)
        except (ValueError, RecursionError):
            return ()
        event = message.data or message
        if event.kind in STREAMS:
            return _trades(event)
        if event.kind == "serverShutdown":
            return Notice.LEAVING
        return () if event.kind or message.stream else _answer(message)

    def _request(self, symbols: Sequence[str], number: int) -> str:
        streams = [f"{symbol.lower()}@{self._stream}" for symbol in symbols]
        return orjson.dumps({"method": "SUBSCRIBE", "params": streams, "id": number}).decode()


def _trades(event: _Event) -> Heard:
    first, last = (event.trade, event.trade) if event.kind == "trade" else (event.first, event.last)
    symbol = tried(fields.symbol, event.symbol)
    if symbol is None or not 0 <= first <= last:
        return ()
    return (Trades(symbol, first, last, last - first + 1, tried(fields.time_ms, event.ts)),)


def _answer(message: _Message) -> Heard:
    number = message.id if isinstance(message.id, int) else None
    refused = message.error.msg if message.error else message.msg
    if message.error is not None or message.code is not None:
        return Answer(refused or "no reason given", number)
    return Answer(request=number) if message.result is not msgspec.UNSET else ()
