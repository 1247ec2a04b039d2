"""JSON lists of trades: ccxt's unified trades, and what the exchanges' REST interfaces answer.

A ccxt trade's ``info`` is the exchange's own answer, which lacks the symbol: the record is a canonical tick
of both, with the exchange's own digits for price and quantity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

from connectors.feed.errors import FeedError
from connectors.feed.files.recorded import Item
from connectors.feed.files.rows import RowReader
from connectors.feed.files.source import Source

NAME = "JSON list"
_START = re.compile(rb"\s*\[\s*\{")
_NEXT_LINE = re.compile(rb"\]\s*\n\s*\[")
_COLUMNS = ("symbol", "timestamp", "price", "amount", "side", "id")


def recognises(head: bytes) -> bool:
    """Return whether the content is one list of objects, not lines of lists."""
    return _START.match(head) is not None and _NEXT_LINE.search(head) is None


def records(source: Source, symbol: str | None) -> Iterator[Item]:
    """Yield every trade as a canonical tick, in the order of the list; the list is held in memory."""
    try:
        trades: list[dict[str, Any]] = orjson.loads(source.content())
    except orjson.JSONDecodeError as error:
        raise FeedError(f"{source.path}: is not one whole JSON list ({error})") from error
    if "info" in trades[0]:
        record = RowReader(_COLUMNS, symbol, source.path)
        yield from (record(_ccxt(trade)) for trade in trades)
    else:
        columns = list(trades[0])
        record = RowReader(columns, symbol, source.path)
        yield from (record([trade.get(c) for c in columns]) for trade in trades)


def _ccxt(trade: dict[str, Any]) -> list[object]:
    info = trade["info"] if isinstance(trade["info"], dict) else {}
    name = str(trade.get("symbol") or "").partition(":")[0].replace("/", "")  # BTC/USDT:USDT is a swap
    price = info.get("p", trade.get("price"))
    return [
        name,
        trade.get("timestamp"),
        price,
        info.get("q", trade.get("amount")),
        trade.get("side"),
        trade.get("id"),
    ]
