"""What each exchange's messages are to the bridge, and what it asks them for."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.feed.live.binance import Binance
from connectors.feed.live.bybit import Bybit
from connectors.feed.live.coinbase import Coinbase
from connectors.feed.live.venue import UNNUMBERED, Answer, Heard, Notice, Trades, Venue
from connectors.feed.live.venues import NAMES, venue

T = 1_700_000_000_000
NS = T * 1_000_000
TRADE = b'{"e":"trade","E":1,"s":"BTCUSDT","t":7,"p":"1","q":"2","b":88,"a":50,"T":%d,"m":true,"M":true}' % T
AGGREGATE = b'{"e":"aggTrade","E":1,"s":"BNBBTC","a":5,"p":"1","q":"2","f":100,"l":105,"T":%d,"m":true}' % T


@pytest.mark.parametrize(
    ("payload", "heard"),
    [
        (TRADE, (Trades("BTCUSDT", 7, 7, 1, NS),)),
        (AGGREGATE, (Trades("BNBBTC", 100, 105, 6, NS),)),
        (b'{"stream":"btcusdt@trade","data":' + TRADE + b"}", (Trades("BTCUSDT", 7, 7, 1, NS),)),
        (b'{"stream":"bnbbtc@aggTrade","data":' + AGGREGATE + b"}", (Trades("BNBBTC", 100, 105, 6, NS),)),
        (TRADE.replace(b"%d" % T, b"%d000" % T), (Trades("BTCUSDT", 7, 7, 1, NS),)),
        (TRADE.replace(b"%d" % T, b"5"), (Trades("BTCUSDT", 7, 7, 1, None),)),
        (AGGREGATE.replace(b"100", b"-1"), ()),
        (TRADE.replace(b"BTCUSDT", b"BTC USDT"), ()),
        (b'{"stream":"a@bookTicker","data":{"u":4,"s":"A","b":"1","B":"2","a":"3","A":"4"}}', ()),
        (b'{"stream":"a@ticker","data":{"e":"24hrTicker","E":1,"s":"A","l":"0.1"}}', ()),
        (b'{"lastUpdateId":1,"bids":[],"asks":[]}', ()),
        (b'{"result":null,"id":3}', Answer("", 3)),
        (b'{"result":null,"id":"mine"}', Answer("", None)),
        (b'{"code":2,"msg":"Invalid request: too many"}', Answer("Invalid request: too many")),
        (b'{"error":{"code":2,"msg":"Invalid request"},"id":4}', Answer("Invalid request", 4)),
        (b'{"stream":"x","data":{"e":"serverShutdown","E":1}}', Notice.LEAVING),
        (b'{"e":"serverShutdown","E":1}', Notice.LEAVING),
    ],
)  # fmt: skip
def test_binance(payload: bytes, heard: Heard) -> None:
    """Its documented messages, bare and in the envelope, times in ms and in µs."""
    assert Binance().read(payload) == heard


def test_binance_requests() -> None:
    """Streams in small letters, numbered requests of at most 100."""
    symbols = [f"A{i}USDT" for i in range(150)]
    requests = Binance("aggTrade").requests(symbols)
    assert [len(request.symbols) for request in requests] == [100, 50]
    assert json.loads(requests[1].text) == {
        "method": "SUBSCRIBE",
        "params": [f"a{i}usdt@aggTrade" for i in range(100, 150)],
        "id": 2,
    }


BYBIT_TRADE = b'{"T":%d,"s":"BTCUSDT","S":"Buy","v":"0.1","p":"1","i":"9a","BT":false}' % T


@pytest.mark.parametrize(
    ("payload", "heard"),
    [
        (
            b'{"topic":"publicTrade.BTCUSDT","ts":1,"data":[%s,%s]}' % (BYBIT_TRADE, BYBIT_TRADE),
            (Trades("BTCUSDT", UNNUMBERED, UNNUMBERED, 2, NS),),
        ),
        (b'{"topic":"publicTrade.BTCUSDT","data":[{"s":"BTCUSDT"}]}', ()),
        (b'{"topic":"tickers.BTCUSDT","data":{"symbol":"BTCUSDT"}}', ()),
        (b'{"success":true,"ret_msg":"","conn_id":"a","req_id":"2","op":"subscribe"}', Answer("", 2)),
        (b'{"success":true,"ret_msg":"","conn_id":"a","req_id":"","op":"subscribe"}', Answer()),
        (b'{"success":false,"ret_msg":"Invalid symbol :[publicTrade.X]","op":"subscribe"}',
         Answer("Invalid symbol :[publicTrade.X]")),
        (b'{"success":true,"ret_msg":"pong","conn_id":"a","req_id":"","op":"ping"}', Answer("", 0)),
    ],
)  # fmt: skip
def test_bybit(payload: bytes, heard: Heard) -> None:
    """A pong is no acknowledgement: it answers request 0, which there is not."""
    assert Bybit().read(payload) == heard


def test_bybit_requests() -> None:
    """Ten topics at a time."""
    requests = Bybit().requests([f"A{i}USDT" for i in range(12)])
    assert json.loads(requests[1].text) == {
        "op": "subscribe",
        "args": ["publicTrade.A10USDT", "publicTrade.A11USDT"],
        "req_id": "2",
    }
    assert [len(request.symbols) for request in requests] == [10, 2]


def coinbase_trades(*ids: int) -> bytes:
    trades = [
        {"product_id": "BTC-USD", "trade_id": str(i), "price": "1", "size": "1", "side": "BUY",
         "time": f"2023-11-14T22:13:{20 + i}.000000001Z"}
        for i in ids
    ]  # fmt: skip
    return json.dumps({"channel": "market_trades", "events": [{"type": "update", "trades": trades}]}).encode()


@pytest.mark.parametrize(
    ("payload", "heard"),
    [
        (coinbase_trades(3, 2, 1), (Trades("BTC-USD", 1, 3, 3, NS + 3_000_000_001),)),
        (
            coinbase_trades(9, 5, 4),
            (Trades("BTC-USD", 4, 5, 2, None), Trades("BTC-USD", 9, 9, 1, NS + 9_000_000_001)),
        ),
        (b'{"channel":"market_trades","events":[{"type":"snapshot","trades":[]}]}', ()),
        (b'{"channel":"subscriptions","events":[{"subscriptions":{"market_trades":["BTC-USD"]}}]}', Answer()),
        (b'{"channel":"heartbeats","events":[{"heartbeat_counter":1}]}', Answer("", 0)),
        (b'{"type":"error","message":"no such product"}', Answer("no such product")),
        (b'{"channel":"ticker","events":[{"type":"snapshot","tickers":[]}]}', ()),
    ],
)
def test_coinbase(payload: bytes, heard: Heard) -> None:
    """Newest first in a message; a break inside one parts it."""
    assert Coinbase().read(payload) == heard


def test_coinbase_requests() -> None:
    """The trades, then the heartbeats that keep a quiet subscription open."""
    requests = Coinbase().requests(["BTC-USD", "ETH-USD"])
    assert [json.loads(request.text) for request in requests] == [
        {"type": "subscribe", "product_ids": ["BTC-USD", "ETH-USD"], "channel": channel}
        for channel in ("market_trades", "heartbeats")
    ]


MESSAGES = (TRADE, AGGREGATE, BYBIT_TRADE, coinbase_trades(3, 2, 1), b'{"code":2,"msg":"x","id":1}')


@pytest.mark.parametrize("exchange", [venue(name) for name in NAMES], ids=lambda exchange: exchange.name)
@given(
    st.one_of(
        st.binary(max_size=60),
        st.tuples(st.sampled_from(MESSAGES), st.integers(0, 120), st.binary(max_size=8)).map(
            lambda drawn: drawn[0][: drawn[1]] + drawn[2] + drawn[0][drawn[1] + 1 :]
        ),
    )
)
def test_no_message_raises(exchange: Venue, payload: bytes) -> None:
    """Rubbish, and messages with a byte or some overwritten."""
    heard = exchange.read(payload)
    assert isinstance(heard, tuple | Answer | Notice)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "payload",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"s":' + b"9" * 9_000 + b"}",
        b'{"T":1e999,"t":1e999}',
        b"null",
        b"3",
    ],
)
def test_extremes_do_not_raise(name: str, payload: bytes) -> None:
    """Depth, length, and JSON that is no object."""
    assert venue(name).read(payload) == ()
