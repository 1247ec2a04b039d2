"""Raw exchange payloads: one trade of each documented shape, and the messages that carry none."""

from __future__ import annotations

import pytest
from codec_payloads import (
    BINANCE_AGG,
    BINANCE_FUTURES,
    BINANCE_STREAM,
    BINANCE_TRADE,
    BYBIT,
    BYBIT_TRADE,
    COINBASE,
    COINBASE_MATCH,
    COINBASE_TRADE,
    MEXC_FUTURES,
    MEXC_PROTO,
    MEXC_SPOT,
    NO_TRADES,
    TRADES,
    dumps,
    reasons,
    seen,
)

from connectors.codecs import Decoder
from models.ticks import NO_ID

ALL_TRADES = [(codec, message) for codec, messages in TRADES.items() for message in messages]
ALL_OTHERS = [(codec, message) for codec, messages in NO_TRADES.items() for message in messages]


def decode_one(message: object):
    return Decoder().decode([dumps(message)])


def only(message: object):
    (tick,) = seen(decode_one(message))
    return tick[2:]


@pytest.mark.parametrize(("codec", "message"), ALL_TRADES)
def test_pinned_and_automatic_agree_on_trades(codec, message):
    """Naming the feed changes nothing about what its trades are."""
    pinned, automatic = Decoder(codec).decode([dumps(message)]), decode_one(message)
    assert len(seen(pinned)) == 1
    assert seen(pinned) == seen(automatic)


@pytest.mark.parametrize(("codec", "message"), ALL_OTHERS)
def test_known_messages_without_a_trade_are_skipped(codec, message):
    """Depth, tickers, acknowledgements and prints off the market are neither ticks nor faults."""
    for decoder in (Decoder(codec), Decoder()):
        decoded = decoder.decode([dumps(message)])
        assert (len(decoded.ticks), decoded.skipped.tolist(), decoded.invalid) == (0, [0], ())


@pytest.mark.parametrize(("codec", "message"), ALL_TRADES + ALL_OTHERS)
def test_another_feeds_message_is_invalid_in_a_pinned_codec(codec, message):
    """A producer on the wrong topic is found out."""
    other = "canonical" if codec != "canonical" else "bybit"
    assert reasons(Decoder(other).decode([dumps(message)])) == [(0, 0, "wrong_shape")]


def test_binance_trade():
    """The buyer was the maker, so the aggressor sold; time is the trade's, not the event's."""
    expected = ("binance", "BTCUSDT", 1_723_161_255_342_000_000, 61837.63, 0.02, -1, 3735683259)
    assert only(BINANCE_TRADE) == expected
    assert only(BINANCE_STREAM) == expected


def test_binance_aggregate_trade_is_numbered_by_its_own_id():
    """``a`` is the id of an aggregate trade, ``f`` and ``l`` those of the trades in it."""
    assert only(BINANCE_AGG) == (
        "binance",
        "ETHUSDT",
        1_723_161_255_342_000_000,
        2064.74,
        1.27218,
        1,
        291477091,
    )


def test_binance_futures_market_trade():
    """A futures trade with ``X`` MARKET is a trade, and so is one whose ``X`` is null."""
    expected = ("binance", "BTCUSDT", 1_679_851_564_486_000_000, 27785.0, 0.014, -1, 3493102749)
    assert only(BINANCE_FUTURES) == expected
    assert only(BINANCE_FUTURES | {"X": None}) == expected


def test_binance_microseconds_are_told_by_their_size():
    """A stream opened with timeUnit=MICROSECOND gives the same instant, finer."""
    assert only(BINANCE_TRADE | {"T": 1723161255342123})[2] == 1_723_161_255_342_123_000


@pytest.mark.parametrize(
    "time", [978_307_199_999, 4_102_444_800_000, 978_307_199_999_999, 1723161255342000000]
)
def test_binance_times_that_fit_no_unit(time):
    """Between the last millisecond and the first microsecond, and in nanoseconds, nothing is guessed."""
    assert reasons(decode_one(BINANCE_TRADE | {"T": time})) == [(0, 0, "bad_time")]


def test_a_trade_stream_that_carries_no_trade_is_invalid():
    """The envelope claims a trade, so its absence is a fault."""
    assert reasons(decode_one({"stream": "btcusdt@trade", "data": {"u": 1}})) == [(0, 0, "wrong_shape")]


def test_bybit_trade():
    """``S`` is the taker's side; the id is a UUID and hashed."""
    *trade, trade_id = only(BYBIT)
    assert trade == ["bybit", "BTCUSDT", 1_672_304_486_865_000_000, 16578.5, 0.001, 1]
    assert trade_id == 6873674054342083061


def test_bybit_many_trades_keep_their_order_and_skip_block_trades():
    """Places count trades; a block trade is skipped beside them, an RPI trade is used."""
    trades = [
        BYBIT_TRADE | {"i": "1", "S": "Sell"},
        BYBIT_TRADE | {"i": "2", "BT": True},
        BYBIT_TRADE | {"i": "2290000000000000003", "RPI": True},
    ]
    decoded = decode_one(BYBIT | {"data": trades})
    assert [(t.place, t.side, t.trade_id) for t in seen(decoded)] == [(0, -1, 1), (1, 1, 2290000000000000003)]
    assert decoded.skipped.tolist() == [0]


def test_coinbase_side_is_the_makers():
    """A trade against a resting buy is an aggressor's sale."""
    assert only(COINBASE) == ("coinbase", "ETH-USD", 1_565_815_347_265_000_000, 1260.01, 0.3, -1, 12345)
    assert only(COINBASE_MATCH) == ("coinbase", "BTC-USD", 1_415_348_367_028_459_000, 400.23, 5.23512, 1, 10)
    assert only(COINBASE_MATCH | {"type": "last_match"}) == only(COINBASE_MATCH)


def test_coinbase_trades_are_put_back_into_time_order():
    """Listed newest first, two of them in the same microsecond and told apart by their ids alone."""
    listed = [
        COINBASE_TRADE | {"trade_id": "14", "time": "2026-08-09T21:05:42.514318Z"},
        COINBASE_TRADE | {"trade_id": "13", "time": "2026-08-09T21:05:41.139922Z"},
        COINBASE_TRADE | {"trade_id": "12", "time": "2026-08-09T21:05:41.139922Z"},
        COINBASE_TRADE | {"trade_id": "11", "time": "2026-08-09T21:05:38.50436Z"},
    ]
    for trades in (listed, listed[::-1]):
        ticks = seen(decode_one(COINBASE | {"events": [{"type": "snapshot", "trades": trades}]}))
        assert [(t.place, t.trade_id) for t in ticks] == [(0, 11), (1, 12), (2, 13), (3, 14)]
    assert ticks[0].ts == 1_786_309_538_504_360_000


@pytest.mark.parametrize(
    ("time", "ts"),
    [
        ("2023-02-09T20:19:35Z", 1_675_973_975_000_000_000),
        ("2023-02-09T20:19:35.1Z", 1_675_973_975_100_000_000),
        ("2023-02-09T20:19:35.396251357Z", 1_675_973_975_396_251_357),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000_000),
    ],
)
def test_coinbase_times_to_the_nanosecond(time, ts):
    """No decimals, one or nine: none is lost to a float."""
    assert only(COINBASE_MATCH | {"time": time})[2] == ts


@pytest.mark.parametrize(
    "time",
    [
        "2023-02-29T00:00:00Z",
        "2023-02-09T20:19:35",
        "2023-02-09T20:19:35+00:00",
        "2023-02-09 20:19:35Z",
        "2023-02-09T20:19:35.Z",
        "2023-02-09T20:19:35.1234567890Z",
        "2023-02-09T24:00:00Z",
        "1999-12-31T23:59:59Z",
        "2100-01-01T00:00:00Z",
        "\u0662023-02-09T20:19:35Z",
        "",
        1675973975,
        None,
    ],
)
def test_coinbase_times_that_are_none(time):
    """Another notation, a day that does not exist, a year out of range."""
    assert reasons(decode_one(COINBASE_MATCH | {"time": time})) == [(0, 0, "bad_time")]


def test_mexc_spot_deals():
    """Spot v3 pushes number no trades; 2 is a sell."""
    expected = ("mexc", "BTCUSDT", 1_661_927_587_825_000_000, 20233.84, 0.001028, -1, NO_ID)
    assert only(MEXC_SPOT) == expected
    channel_only = {key: value for key, value in MEXC_SPOT.items() if key != "s"}
    assert only(channel_only) == expected


def test_mexc_protobuf_deals_as_json():
    """The wrapper as protobuf's own JSON mapping writes it, and as the exchange's documentation prints it."""
    expected = ("mexc", "BTCUSDT", 1_736_409_765_051_000_000, 93220.0, 0.04438243, -1)
    assert only(MEXC_PROTO) == (*expected, 77)
    printed = {
        "channel": MEXC_PROTO["channel"],
        "publicdeals": {
            "dealsList": [
                {"price": "93220.00", "quantity": "0.04438243", "tradetype": 2, "time": 1736409765051}
            ],
            "eventtype": "spot@public.aggre.deals.v3.api.pb@100ms",
        },
        "symbol": "BTCUSDT",
        "sendtime": 1736409765052,
    }
    assert only(printed) == (*expected, NO_ID)


def test_mexc_futures_deals_single_and_listed():
    """The older push holds one deal, the newer a list, which is put in order of time."""
    assert only(MEXC_FUTURES) == ("mexc", "BTC_USDT", 1_587_442_049_632_000_000, 6866.5, 2096.0, 1, NO_ID)
    deals = [{"p": 2.0, "v": 1, "T": 1, "t": 1587442049633}, {"p": 1.0, "v": 1, "T": 2, "t": 1587442049632}]
    for body in (deals, {"deals": deals}):
        ticks = seen(decode_one(MEXC_FUTURES | {"data": body}))
        assert [(t.place, t.price, t.side) for t in ticks] == [(0, 1.0, -1), (1, 2.0, 1)]


def test_a_mexc_side_must_be_the_integer():
    """true equals 1 in Python, not on a feed."""
    for side in (True, 1.0, "1", 3, None, [1]):
        body = MEXC_FUTURES["data"] | {"T": side}
        assert reasons(decode_one(MEXC_FUTURES | {"data": body})) == [(0, 0, "bad_side")]
