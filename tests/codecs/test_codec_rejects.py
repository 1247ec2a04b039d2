"""What is refused, with which reason, and that nothing else is lost by it."""

from __future__ import annotations

import sys

import pytest
from codec_payloads import (
    BINANCE_TRADE,
    BYBIT,
    BYBIT_TRADE,
    CANONICAL,
    COINBASE,
    COINBASE_TRADE,
    MEXC_SPOT,
    dumps,
    reasons,
    seen,
)

from connectors.codecs import Decoder
from connectors.codecs.records import MAX_NESTING
from models.ticks import MAX_RECORD_BYTES, Reason


def refused(value: bytes, codec: str = "auto"):
    """Return the reason for one record, read alone and in a crowd of good ones; both must agree."""
    alone = Decoder(codec).decode([value])
    good = dumps(CANONICAL if codec == "auto" else BINANCE_TRADE)
    crowd = Decoder(codec).decode([*[good] * 30, value, *[good] * 30])
    assert [row[1:] for row in alone.invalid] == [row[1:] for row in crowd.invalid]
    assert {row.record for row in crowd.invalid} == {30}
    assert len(crowd.ticks) == 60
    ((record, place, reason),) = reasons(alone)
    assert (record, place) == (0, 0)
    assert len(alone.invalid[0].detail) in range(1, 201)
    return reason


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b" \n ",
        b"{",
        b"not json",
        b'{"symbol":"BTCUSDT",}',
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        dumps(CANONICAL)[:-1],
        dumps(CANONICAL) + b"x",
        dumps(CANONICAL) * 2,
        dumps(CANONICAL).replace(b"BTC", b"B\xffC"),
        dumps(CANONICAL | {"note": "?"}).replace(b"?", b"\xc3\x28"),
        dumps(CANONICAL | {"note": "?"}).replace(b"?", b"\xed\xa0\x80"),
        dumps(CANONICAL | {"note": "?"}).replace(b"?", b"\\ud800"),
        dumps(CANONICAL | {"note": "?"}).replace(b"?", b"\n"),
        dumps(CANONICAL).replace(b"61837.63", b"NaN"),
        dumps(CANONICAL).replace(b"61837.63", b"Infinity"),
        dumps(CANONICAL).replace(b"61837.63", b"-Infinity"),
        dumps(CANONICAL).replace(b"61837.63", b"061837.63"),
        dumps(CANONICAL).replace(b"61837.63", b"+61837.63"),
        dumps(CANONICAL).replace(b"61837.63", b".5"),
        dumps(CANONICAL).replace(b"61837.63", b"0x10"),
    ],
)
def test_not_json(value):
    """Cut off, trailing, bad UTF-8 also in a field nobody reads, numbers JSON does not know."""
    assert refused(value) == Reason.NOT_JSON


def test_numbers_in_fields_nobody_reads_may_be_any_json_number():
    """1e400 is JSON; only as a price is it refused."""
    value = dumps(CANONICAL | {"note": 0}).replace(b'"note":0', b'"note":1e400')
    assert len(Decoder().decode([value]).ticks) == 1


def test_too_large_is_refused_before_it_is_parsed():
    """10 MB and one byte too many are refused whole; the largest allowed is read."""
    good = dumps(CANONICAL)
    assert refused(b"[" * 10_000_000) == Reason.TOO_LARGE
    assert refused(good + b" " * (MAX_RECORD_BYTES - len(good) + 1)) == Reason.TOO_LARGE
    assert len(Decoder().decode([good + b" " * (MAX_RECORD_BYTES - len(good))]).ticks) == 1


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"a":[', b'["]",'])
def test_deep_nesting_does_not_crash(opening):
    """100,000 brackets are refused, closed or not."""
    assert refused(opening * 100_000) == Reason.NOT_JSON
    assert refused(b"[" * 100_000 + b"]" * 100_000) == Reason.NOT_JSON


def nested(depth: int) -> bytes:
    deep = b'["]",' * (depth - 1) + b"1" + b"]" * (depth - 1)
    return dumps(CANONICAL)[:-1] + b',"note":' + deep + b"}"


def test_the_depth_limit_does_not_depend_on_the_callers_stack():
    """The same record gets the same answer at the bottom of the stack and far up in it."""

    def far_up(frames: int, value: bytes):
        return far_up(frames - 1, value) if frames else Decoder().decode([value])

    for value, ticks in ((nested(MAX_NESTING), 1), (nested(MAX_NESTING + 1), 0), (nested(800), 0)):
        assert len(Decoder().decode([value]).ticks) == ticks
        assert len(far_up(sys.getrecursionlimit() - 400, value).ticks) == ticks


def test_many_brackets_are_not_deep():
    """A full book has thousands of brackets side by side."""
    book = {"lastUpdateId": 1, "bids": [["1", "1"]] * 5000, "asks": []}
    assert Decoder().decode([dumps(book)]).skipped.tolist() == [0]


@pytest.mark.parametrize(
    "message",
    [
        {},
        [],
        {"hello": "world"},
        {"e": 5},
        {"e": "unknown"},
        {"stream": 1, "data": {}},
        {"stream": "x", "data": "y"},
        {"topic": "unknown.BTCUSDT", "data": []},
        {"channel": "unknown"},
        {"type": "unknown", "product_id": "BTC-USD"},
        {"type": "match"},
        {"op": "subscribe"},
        BYBIT | {"data": {"T": 1}},
        BYBIT | {"data": [1]},
        COINBASE | {"events": {}},
        COINBASE | {"events": [1]},
        COINBASE | {"events": [{}]},
        {"c": "spot@public.deals.v3.api@BTCUSDT"},
        {"channel": "push.deal", "symbol": "BTC_USDT"},
        "text",
        5,
        None,
        True,
        [1, 2, "x"],
        [[CANONICAL]],
    ],
)
def test_wrong_shape(message):
    """Neither a trade nor a message of any feed; and a record of nothing else is one item, however long."""
    if message == []:
        assert Decoder().decode([b"[]"]).skipped.tolist() == [0]
    else:
        assert refused(dumps(message)) == Reason.WRONG_SHAPE


@pytest.mark.parametrize("field", ["symbol", "ts", "price", "qty"])
def test_a_missing_field_is_a_wrong_shape_and_named(field):
    """A canonical tick without one of its four fields."""
    message = {key: value for key, value in CANONICAL.items() if key != field}
    assert refused(dumps(message)) == Reason.WRONG_SHAPE
    assert f"'{field}'" in Decoder().decode([dumps(message)]).invalid[0].detail


@pytest.mark.parametrize("field", ["s", "T", "p", "q", "m", "t"])
def test_a_missing_binance_field_is_a_wrong_shape(field):
    """So for a raw trade."""
    message = {key: value for key, value in BINANCE_TRADE.items() if key != field}
    assert refused(dumps(message), "binance") == Reason.WRONG_SHAPE


ANYTHING = ["null", "true", "false", "[]", "{}", '""', '" "', '"x"']
BAD_NUMBERS = [
    *ANYTHING,
    *("0", "-1", "0.0", "-0.0", "1e400", "-1e400", "1e-400", "9" * 400, "9" * 4000),
    *('"0"', '"-1"', '"+1"', '"1_000"', '" 1.0"', '"1.0 "', '"1,5"', '"0x10"', '"1e400"', '"1e-400"', '"1e"'),
    *(
        '"nan"',
        '"inf"',
        '"Infinity"',
        '"1.2.3"',
        '"."',
        '"1e5.0"',
        '"\\u0661"',
        '"1\\u0000"',
        '"--1"',
        '"1f"',
    ),
]
BAD_TIMES = [
    *ANYTHING,
    "0",
    "-1",
    "1.7e18",
    "1723161255342000000.0",
    '"1723161255342000000"',
    "1e400",
    "9" * 30,
]
BAD_SYMBOLS = [
    "null",
    "true",
    "5",
    "[]",
    "{}",
    '""',
    '" "',
    '"BTC USDT"',
    '"-BTC"',
    '"BTC\\n"',
    '"\\u0131"',
    '"ß"',
]
BAD_IDS = ["true", "false", "[]", "{}", '""', "-1", "1.5", "1.0", "9223372036854775808", "9" * 30]

FIELDS = [
    ("symbol", [*BAD_SYMBOLS, f'"{"A" * 33}"'], Reason.BAD_SYMBOL),
    ("exchange", ["true", "5", "[]", '"a b"', '"é"', f'"{"a" * 33}"'], Reason.BAD_SYMBOL),
    ("ts", BAD_TIMES, Reason.BAD_TIME),
    ("price", BAD_NUMBERS, Reason.BAD_PRICE),
    ("qty", BAD_NUMBERS, Reason.BAD_QUANTITY),
    ("side", ["true", "1", "-1", "[]", "{}", '""', '"BUY"', '"Sell"', '"bid"'], Reason.BAD_SIDE),
    ("trade_id", BAD_IDS, Reason.BAD_TRADE_ID),
]
BINANCE_FIELDS = [
    ("s", BAD_SYMBOLS, Reason.BAD_SYMBOL),
    ("T", BAD_TIMES, Reason.BAD_TIME),
    ("p", BAD_NUMBERS, Reason.BAD_PRICE),
    ("q", BAD_NUMBERS, Reason.BAD_QUANTITY),
    ("m", ["null", "0", "1", '"true"', "[]"], Reason.BAD_SIDE),
    ("t", [*BAD_IDS, "null"], Reason.BAD_TRADE_ID),
]


def with_raw(message: dict[str, object], field: str, raw: str) -> bytes:
    return dumps(message | {field: "?"}).replace(b'"?"', raw.encode())


@pytest.mark.parametrize(
    ("field", "raw", "reason"), [(f, raw, reason) for f, raws, reason in FIELDS for raw in raws]
)
def test_bad_canonical_fields(field, raw, reason):
    """A field that is there but cannot be used names itself, whatever its JSON type."""
    assert refused(with_raw(CANONICAL, field, raw)) == reason


@pytest.mark.parametrize(
    ("field", "raw", "reason"), [(f, raw, reason) for f, raws, reason in BINANCE_FIELDS for raw in raws]
)
def test_bad_binance_fields(field, raw, reason):
    """The same rules for a raw trade."""
    assert refused(with_raw(BINANCE_TRADE, field, raw), "binance") == reason


@pytest.mark.parametrize(
    "raw", ["1e-7", '"1e-7"', '".5"', '"5."', '"007"', '"1E+3"', "1E3", '"0.00000001"', "9007199254740993"]
)
def test_good_numbers(raw):
    """Decimal numbers in any of these spellings, alone and in a crowd, are Python's own double of them."""
    for message, field in ((CANONICAL, "price"), (BINANCE_TRADE, "p")):
        for values in ([with_raw(message, field, raw)], [with_raw(message, field, raw)] * 40):
            assert {tick.price for tick in seen(Decoder().decode(values))} == {float(raw.strip('"'))}


def test_good_items_of_a_record_survive_the_bad_ones():
    """In a message of many trades each bad one is refused at its place and the others are used."""
    bybit = BYBIT | {
        "data": [BYBIT_TRADE | {"i": "1"}, BYBIT_TRADE | {"p": "0"}, 7, BYBIT_TRADE | {"i": "2"}]
    }
    mexc = MEXC_SPOT | {"d": {"deals": [MEXC_SPOT["d"]["deals"][0], {"S": 1}]}}
    coinbase = COINBASE | {"events": [{"trades": [COINBASE_TRADE | {"size": "x"}, COINBASE_TRADE]}, "event"]}
    decoded = Decoder().decode([dumps(bybit), dumps(mexc), dumps(coinbase)])
    assert [(t.record, t.place, t.venue) for t in seen(decoded)] == [
        (0, 0, "bybit"),
        (0, 3, "bybit"),
        (1, 0, "mexc"),
        (2, 0, "coinbase"),
    ]
    assert reasons(decoded) == [
        (0, 1, "bad_price"),
        (0, 2, "wrong_shape"),
        (1, 1, "wrong_shape"),
        (2, 1, "bad_quantity"),
        (2, 2, "wrong_shape"),
    ]
