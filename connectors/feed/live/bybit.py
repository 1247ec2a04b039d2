"""Bybit v5 ``publicTrade``: spot by default, other markets by their own address.

Its rules (bybit-exchange.github.io/docs/v5/ws/connect): at most 10 topics in a request for spot, 500
connections per 5 minutes and address, and a ``ping`` message every 20 s. Its trades are not numbered without
a break, so what is missing cannot be told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

import msgspec
import orjson

from connectors.codecs import fields
from connectors.feed.live.venue import UNNUMBERED, Answer, Heard, Request, Trades, Venue, chunks, tried

_PER_REQUEST = 10


class _Trade(msgspec.Struct):
    symbol: str = msgspec.field(name="s")
    ts: int = msgspec.field(name="T")


class _Message(msgspec.Struct):
    topic: str = ""
    data: list[_Trade] = msgspec.field(default_factory=list)
    op: str = ""
    success: bool = True
    ret_msg: str = ""
    req_id: str = ""


_READ = msgspec.json.Decoder(_Message)


class Bybit(Venue):
    """Trades as they fill; one message holds those of one symbol."""

    name: ClassVar[str] = "bybit"
    url: ClassVar[str] = "wss://stream.bybit.com/v5/public/spot"
    per_connection: ClassVar[int] = 100
    most_per_connection: ClassVar[int] = 500
    request_gap_s: ClassVar[float] = 0.2
    attempts: ClassVar[tuple[int, float]] = (500, 300.0)
    heartbeat: ClassVar[str] = '{"op":"ping"}'

    def requests(self, symbols: Sequence[str]) -> list[Request]:
        """Return subscriptions of 10 topics each."""
        return [
            Request(_request(group, number), group)
            for number, group in enumerate(chunks(symbols, _PER_REQUEST), start=1)
        ]

    def read(self, payload: bytes) -> Heard:
        """Tell trades from acknowledgements and pongs."""
        try:
            message = _READ.decode(payload)
        except (ValueError, RecursionError):
            return ()
        if message.topic.startswith("publicTrade."):
            return _trades(message.data)
        return _answer(message) if message.op else ()


def _trades(trades: Sequence[_Trade]) -> Heard:
    newest = {trade.symbol: trade.ts for trade in trades}
    counts = Counter(trade.symbol for trade in trades)
    return tuple(
        Trades(symbol, UNNUMBERED, UNNUMBERED, counts[raw], tried(fields.time_ms, ts))
        for raw, ts in newest.items()
        if (symbol := tried(fields.symbol, raw)) is not None
    )


def _request(symbols: Sequence[str], number: int) -> str:
    topics = [f"publicTrade.{symbol}" for symbol in symbols]
    return orjson.dumps({"op": "subscribe", "args": topics, "req_id": str(number)}).decode()


def _answer(message: _Message) -> Answer:
    # a pong must not pass for the acknowledgement of a request: no request has the number 0
    number = int(message.req_id) if message.req_id.isdecimal() else None
    refused = "" if message.success else message.ret_msg or "no reason given"
    return Answer(refused, number if message.op == "subscribe" else 0)
