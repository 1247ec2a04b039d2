"""Payloads in the shapes the exchanges document, written by hand, and one way to look at what was decoded."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from models.ticks import Decoded, Invalid


class Seen(NamedTuple):
    """One tick with its instrument spelled out."""

    record: int
    place: int
    venue: str
    name: str
    ts: int
    price: float
    qty: float
    side: int
    trade_id: int


def seen(decoded: Decoded) -> list[Seen]:
    """Return the ticks of a batch row by row."""
    ticks = decoded.ticks
    columns = (ticks.ts, ticks.price, ticks.qty, ticks.side, ticks.trade_id)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    keys = zip(ticks.record.tolist(), ticks.place.tolist(), ticks.symbol.tolist(), strict=True)
    return [Seen(r, p, *ticks.symbols[s], *row) for (r, p, s), row in zip(keys, rows, strict=True)]


def reasons(decoded: Decoded) -> list[tuple[int, int, str]]:
    """Return (record, place, reason) of what was invalid."""
    return [(record, place, str(reason)) for record, place, reason, _ in decoded.invalid]


def joined(batches: list[Decoded]) -> tuple[list[Seen], list[int], list[Invalid]]:
    """Return what one batch of all records must give, from a batch for each record."""
    ticks = [row._replace(record=i) for i, batch in enumerate(batches) for row in seen(batch)]
    skipped = [i for i, batch in enumerate(batches) for _ in batch.skipped]
    invalid = [item._replace(record=i) for i, batch in enumerate(batches) for item in batch.invalid]
    return ticks, skipped, invalid


def dumps(message: Any) -> bytes:
    """Return JSON as exchanges send it, without spaces."""
    return json.dumps(message, separators=(",", ":")).encode()


CANONICAL = {
    "symbol": "BTCUSDT",
    "ts": 1_723_161_255_342_000_123,
    "price": 61837.63,
    "qty": 0.02,
    "side": "buy",
    "trade_id": 3735683259,
}
CANONICAL_TEXT = CANONICAL | {"price": "61837.63", "qty": "2e-2", "trade_id": "a-1", "exchange": "Kraken"}
BINANCE_TRADE = {
    "e": "trade",
    "E": 1723161255343,
    "s": "BTCUSDT",
    "t": 3735683259,
    "p": "61837.63000000",
    "q": "0.02000000",
    "b": 20720542158,
    "a": 20720542592,
    "T": 1723161255342,
    "m": True,
    "M": True,
}
BINANCE_AGG = {
    "e": "aggTrade",
    "E": 1723161255343,
    "s": "ETHUSDT",
    "a": 291477091,
    "p": "2064.74000000",
    "q": "1.27218000",
    "f": 346711088,
    "l": 346711090,
    "T": 1723161255342,
    "m": False,
    "M": True,
}
BINANCE_FUTURES = {
    "e": "trade",
    "E": 1679851564490,
    "T": 1679851564486,
    "s": "BTCUSDT",
    "t": 3493102749,
    "p": "27785.00",
    "q": "0.014",
    "X": "MARKET",
    "m": True,
}
BINANCE_STREAM = {"stream": "btcusdt@trade", "data": BINANCE_TRADE}
BYBIT_TRADE = {
    "T": 1672304486865,
    "s": "BTCUSDT",
    "S": "Buy",
    "v": "0.001",
    "p": "16578.50",
    "L": "PlusTick",
    "i": "20f43950-d8dd-5b31-9112-a178eb6023af",
    "BT": False,
    "RPI": False,
}
BYBIT = {"topic": "publicTrade.BTCUSDT", "type": "snapshot", "ts": 1672304486868, "data": [BYBIT_TRADE]}
COINBASE_TRADE = {
    "trade_id": "12345",
    "product_id": "ETH-USD",
    "price": "1260.01",
    "size": "0.3",
    "side": "BUY",
    "time": "2019-08-14T20:42:27.265Z",
}
COINBASE = {
    "channel": "market_trades",
    "timestamp": "2023-02-09T20:19:35.39625135Z",
    "sequence_num": 0,
    "events": [{"type": "update", "trades": [COINBASE_TRADE]}],
}
COINBASE_MATCH = {
    "type": "match",
    "trade_id": 10,
    "sequence": 50,
    "maker_order_id": "ac928c66-ca53-498f-9c13-a110027a60e8",
    "taker_order_id": "132fb6ae-456b-4654-b4e0-d681ac05cea1",
    "time": "2014-11-07T08:19:27.028459Z",
    "product_id": "BTC-USD",
    "size": "5.23512",
    "price": "400.23",
    "side": "sell",
}
MEXC_SPOT = {
    "c": "spot@public.deals.v3.api@BTCUSDT",
    "d": {
        "deals": [{"S": 2, "p": "20233.84", "t": 1661927587825, "v": "0.001028"}],
        "e": "spot@public.deals.v3.api",
    },
    "s": "BTCUSDT",
    "t": 1661927587836,
}
MEXC_PROTO = {
    "channel": "spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT",
    "symbol": "BTCUSDT",
    "sendTime": "1736409765052",
    "publicAggreDeals": {
        "deals": [
            {
                "price": "93220.00",
                "quantity": "0.04438243",
                "tradeType": 2,
                "time": "1736409765051",
                "tradeId": "77",
            }
        ],
        "eventType": "spot@public.aggre.deals.v3.api.pb@100ms",
    },
}
MEXC_FUTURES = {
    "channel": "push.deal",
    "data": {"M": 1, "O": 1, "T": 1, "p": 6866.5, "t": 1587442049632, "v": 2096},
    "symbol": "BTC_USDT",
    "ts": 1587442022003,
}

TRADES = {
    "canonical": [CANONICAL, CANONICAL_TEXT],
    "binance": [BINANCE_TRADE, BINANCE_AGG, BINANCE_FUTURES, BINANCE_STREAM],
    "bybit": [BYBIT],
    "coinbase": [COINBASE, COINBASE_MATCH],
    "mexc": [MEXC_SPOT, MEXC_PROTO, MEXC_FUTURES],
}
"""Messages by codec, each with one trade."""

NO_TRADES: dict[str, list[Any]] = {
    "canonical": [],
    "binance": [
        {
            "e": "depthUpdate",
            "E": 123456789,
            "s": "BNBBTC",
            "U": 157,
            "u": 160,
            "b": [["0.0024", "10"]],
            "a": [],
        },
        {"e": "kline", "E": 123456789, "s": "BNBBTC", "k": {"t": 123400000, "o": "0.0010", "c": "0.0020"}},
        {"u": 400900217, "s": "BNBUSDT", "b": "25.35", "B": "31.21", "a": "25.36", "A": "40.66"},
        {
            "stream": "bnbusdt@bookTicker",
            "data": {"u": 1, "s": "BNBUSDT", "b": "1", "B": "1", "a": "1", "A": "1"},
        },
        {"stream": "btcusdt@depth5", "data": {"lastUpdateId": 160, "bids": [["0.0024", "10"]], "asks": []}},
        {"stream": "!miniTicker@arr", "data": [{"e": "24hrMiniTicker", "E": 1672515782136, "s": "BNBBTC"}]},
        {"lastUpdateId": 1027024, "bids": [["4.00000000", "431.00000000"]], "asks": []},
        {"result": None, "id": 1},
        {"error": {"code": 2, "msg": "Invalid request"}, "id": 3},
        {"code": -1003, "msg": "Too many requests"},
        BINANCE_FUTURES | {"X": "INSURANCE_FUND", "p": "0", "q": "0"},
        BINANCE_FUTURES | {"X": "NA", "p": "0", "q": "0"},
    ],
    "bybit": [
        {
            "topic": "orderbook.50.BTCUSDT",
            "type": "delta",
            "ts": 1687940967466,
            "data": {"s": "BTCUSDT", "b": []},
        },
        {"topic": "tickers.BTCUSDT", "type": "snapshot", "data": {"symbol": "BTCUSDT"}, "cs": 2, "ts": 1},
        {
            "topic": "kline.5.BTCUSDT",
            "data": [{"start": 1672324800000}],
            "ts": 1672324988882,
            "type": "snapshot",
        },
        {"success": True, "ret_msg": "subscribe", "conn_id": "2324d924", "req_id": "", "op": "subscribe"},
        {"success": True, "ret_msg": "pong", "conn_id": "465772b1", "op": "ping"},
        {"op": "pong", "args": ["1675418560633"], "conn_id": "cfcb4ocs"},
        BYBIT | {"data": []},
        BYBIT | {"data": [BYBIT_TRADE | {"BT": True}]},
    ],
    "coinbase": [
        {"channel": "heartbeats", "sequence_num": 0, "events": [{"heartbeat_counter": "3049"}]},
        {
            "channel": "subscriptions",
            "sequence_num": 0,
            "events": [{"subscriptions": {"ticker": ["ETH-USD"]}}],
        },
        {"channel": "l2_data", "sequence_num": 0, "events": [{"type": "snapshot", "updates": []}]},
        {"channel": "a channel of tomorrow", "sequence_num": 0, "events": []},
        COINBASE | {"events": []},
        COINBASE | {"events": [{"type": "snapshot", "trades": []}]},
        {"type": "heartbeat", "sequence": 90, "last_trade_id": 20, "product_id": "BTC-USD"},
        {"type": "subscriptions", "channels": [{"name": "matches", "product_ids": ["BTC-USD"]}]},
        {"type": "error", "message": "error message"},
    ],
    "mexc": [
        {"id": 0, "code": 0, "msg": "spot@public.deals.v3.api@BTCUSDT"},
        {"id": 0, "code": 0, "msg": "PONG"},
        {
            "c": "spot@public.bookTicker.v3.api@BTCUSDT",
            "d": {"A": "40.66"},
            "s": "BTCUSDT",
            "t": 1661932660123,
        },
        {"c": "spot@private.deals.v3.api", "d": {"p": "1804.65", "v": "0.05", "S": 1}, "t": 1661938980268},
        {"channel": "pong", "data": 1587453241453},
        {"channel": "rs.sub.deal", "data": "success", "ts": "1587442022003"},
        {"channel": "push.ticker", "data": {"lastPrice": 6865.5}, "symbol": "BTC_USDT", "ts": 1587442022003},
        MEXC_FUTURES | {"data": []},
        MEXC_FUTURES | {"data": {"deals": []}},
    ],
}
"""Messages by codec that carry no trade."""
