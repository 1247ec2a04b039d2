"""Every recorded format is recognised by its content and read without losing a byte or a digit."""

from __future__ import annotations

import gzip
import json
import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from connectors.feed.errors import FeedError
from connectors.feed.files import Capture, Recorded

NS = 1_700_000_000_000_000_000
# Spacing, escapes and a trailing zero that no JSON writer would give back.
RAW = (
    b'{"stream":"abcusdt@trade", "data":{"e":"trade","E":1700000000001,"s":"ABCUSDT",'
    b'"p":"1.50","x":"\\u00e9 \xc3\xa9"}}'
)
BOOK = b'{"lastUpdateId":1,"bids":[["1.0","2"]]}'


def written(path: Path, *lines: bytes, end: bytes = b"\n") -> Path:
    path.write_bytes(b"".join(line + end for line in lines))
    return path


def read(path: Path, symbol: str | None = None) -> tuple[str, list[Recorded], int]:
    capture = Capture(path, symbol)
    records = list(capture)
    return capture.format, records, capture.ignored


def ticks(records: list[Recorded]) -> list[dict[str, object]]:
    return [json.loads(record.value) for record in records]


@pytest.mark.parametrize(
    ("stamp", "ns"),
    [(b"1700000000000000001", NS + 1), (b"1700000000000001", NS + 1_000), (b"1700000000001", NS + 1_000_000)],
)
def test_websocket_log(tmp_path: Path, stamp: bytes, ns: int) -> None:
    """Receive times in ns, us or ms; the message passes byte for byte, keyed where it names a symbol."""
    path = written(tmp_path / "log", stamp + b" " + RAW, stamp + b" " + BOOK)
    assert read(path) == ("websocket log", [Recorded(ns, "ABCUSDT", RAW), Recorded(ns, None, BOOK)], 0)
    assert Capture(path).symbol == "ABCUSDT"


def test_a_cut_last_line_is_still_a_message(tmp_path: Path) -> None:
    """A recorder that was killed leaves half a message, which is handed on for the codec to refuse."""
    path = tmp_path / "log"
    path.write_bytes(b"1700000000000000001 " + RAW + b"\n1700000000000000002 " + RAW[:20])
    assert [r.value for r in read(path)[1]] == [RAW, RAW[:20]]


def test_session_log(tmp_path: Path) -> None:
    """Unix seconds with six decimals are exact; lines about the session are counted and left out."""
    path = written(
        tmp_path / "log",
        b"configuration: {}",
        b"wss://example/stream <-> 1700000000.1",
        b"1700000000.000001: " + RAW,
        b"https://example/depth -> 1700000000.5: " + BOOK,
        b"1700000001.25: " + BOOK,
    )
    records = [Recorded(NS + 1_000, "ABCUSDT", RAW), Recorded(NS + 1_250_000_000, None, BOOK)]
    assert read(path) == ("session log", records, 3)


def test_receive_log(tmp_path: Path) -> None:
    """The message inside the JSON string comes out as it went in; what was sent or fetched is left out."""
    message = json.dumps(RAW.decode()).encode()
    path = written(
        tmp_path / "log",
        b'{"t":"header","format":2}',
        b'{"t":"send","ts":1700000000.1,"data":"{}"}',
        b'{"t":"recv","conn":"x","ts":1700000000.123456789,"data":' + message + b"}",
        b'{"t":"http","ts":1700000000.2,"data":"[]"}',
        b'{"t":"recv","ts":17000',
    )
    assert read(path) == ("receive log", [Recorded(NS + 123_456_789, "ABCUSDT", RAW)], 4)


def test_json_lines(tmp_path: Path) -> None:
    """Canonical ticks, raw messages and arrays of ticks pass untouched, stamped with their event time."""
    tick = b'{"symbol":"ABCUSDT", "ts":1700000000000000005,"price":1.50}'
    array = b"[" + tick + b"," + tick + b"]"
    path = written(tmp_path / "ticks.ndjson", tick, RAW, array, BOOK)
    expected = [
        Recorded(NS + 5, "ABCUSDT", tick),
        Recorded(NS + 1_000_000, "ABCUSDT", RAW),
        Recorded(NS + 5, "ABCUSDT", array),
        Recorded(None, None, BOOK),
    ]
    assert read(path) == ("JSON lines", expected, 0)
    only_arrays = written(tmp_path / "arrays.ndjson", array, array)
    assert read(only_arrays) == ("JSON lines", [expected[2]] * 2, 0)


def test_ccxt_list(tmp_path: Path) -> None:
    """The exchange's own digits, the unified symbol without its slash, id and side of the unified trade."""
    trade = {
        "info": {"a": 9, "p": "0.00141340", "q": "23.00000000", "T": 1700000000620, "m": True},
        "timestamp": 1700000000620,
        "symbol": "XRP/ETH",
        "id": "9",
        "side": "sell",
        "price": 0.0014134,
        "amount": 23.0,
    }
    bare = {"info": {}, "timestamp": 1700000000621, "symbol": "BTC/USDT:USDT", "price": 0.1, "amount": 2.0}
    path = tmp_path / "trades.json"
    path.write_text(json.dumps([trade, bare | {"id": "a-b", "side": None}], indent=1))
    form, records, ignored = read(path)
    assert (form, ignored) == ("JSON list", 0)
    assert [(r.ts, r.key) for r in records] == [(NS + 620_000_000, "XRPETH"), (NS + 621_000_000, "BTCUSDT")]
    assert ticks(records) == [
        {
            "symbol": "XRPETH",
            "ts": NS + 620_000_000,
            "price": "0.00141340",
            "qty": "23.00000000",
            "side": "sell",
            "trade_id": 9,
        },
        {"symbol": "BTCUSDT", "ts": NS + 621_000_000, "price": 0.1, "qty": 2.0, "trade_id": "a-b"},
    ]


def test_rest_answer(tmp_path: Path) -> None:
    """A list of Binance aggTrades as its REST interface answers it needs its symbol told."""
    path = tmp_path / "answer.json"
    path.write_text('[{"a":9,"p":"1.50","q":"2.0","f":1,"l":3,"T":1700000000620,"m":false,"M":true}]')
    assert ticks(read(path, "ABCUSDT")[1]) == [
        {
            "symbol": "ABCUSDT",
            "ts": NS + 620_000_000,
            "price": "1.50",
            "qty": "2.0",
            "side": "buy",
            "trade_id": 9,
        }
    ]
    with pytest.raises(FeedError, match="--symbol"):
        Capture(path)


DUMPS = {
    "spot trades, us": "9,1.50,2.0,3.0,1700000000620000,True,True",
    "spot trades, ms": "9,1.50,2.0,3.0,1700000000620,True,True",
    "spot aggTrades": "9,1.50,2.0,11,12,1700000000620,True,True",
    "futures aggTrades": "9,1.50,2.0,11,12,1700000000620,true",
    "futures trades with a header": "id,price,qty,quote_qty,time,is_buyer_maker\n"
    "9,1.50,2.0,3.0,1700000000620,true",
    "aggTrades with a header": "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,"
    "is_buyer_maker\n"
    "9,1.50,2.0,11,12,1700000000620,true",
    "any order, other words": "Time;Side;Amount;Price;Trade ID\n2023-11-14T22:13:20.620Z;SELL;2.0;1.50;9",
}


@pytest.mark.parametrize("name", DUMPS)
def test_csv_dumps(tmp_path: Path, name: str) -> None:
    """Each layout gives the same canonical tick, with the digits of the file and the symbol of its name."""
    path = tmp_path / "ABCUSDT-trades-2023-11-14.csv"
    path.write_text(DUMPS[name] + "\n")
    form, records, ignored = read(path)
    assert (form, ignored) == ("CSV", 1 if "\n" in DUMPS[name] else 0)
    assert [(r.ts, r.key) for r in records] == [(NS + 620_000_000, "ABCUSDT")]
    assert ticks(records) == [
        {
            "symbol": "ABCUSDT",
            "ts": NS + 620_000_000,
            "price": "1.50",
            "qty": "2.0",
            "side": "sell",
            "trade_id": 9,
        }
    ]


def test_csv_with_symbols_and_receive_times(tmp_path: Path) -> None:
    """A symbol column beats the file name, and a receive time becomes the record's time."""
    path = tmp_path / "BTCUSDT.csv"
    path.write_text(
        "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n"
        "Binance,ETHUSDT,1700000000000000,1700000000000900,x-1,buy,1.0,2\n"
    )
    _, records, _ = read(path)
    assert [(r.ts, r.key) for r in records] == [(NS + 900_000, "ETHUSDT")]
    tick = {"symbol": "ETHUSDT", "ts": NS, "price": "1.0", "qty": "2", "side": "buy"}
    assert ticks(records) == [tick | {"exchange": "binance", "trade_id": "x-1"}]


def test_bad_rows_are_handed_on_for_the_codec_to_refuse(tmp_path: Path) -> None:
    """No row vanishes in the reader: short ones and nonsense become records too."""
    path = tmp_path / "ABCUSDT.csv"
    path.write_text("time,price,qty\n1700000000000,n/a,1\nlater,1.0,1\n1700000000001\n")
    _, records, _ = read(path)
    assert [r.ts for r in records] == [NS, None, NS + 1_000_000]
    assert ticks(records) == [
        {"symbol": "ABCUSDT", "ts": NS, "price": "n/a", "qty": "1"},
        {"symbol": "ABCUSDT", "ts": "later", "price": "1.0", "qty": "1"},
        {"symbol": "ABCUSDT", "ts": NS + 1_000_000, "price": None, "qty": None},
    ]


@pytest.mark.parametrize(
    "times",
    [
        pl.Series([1_700_000_000_001, 1_700_000_000_002]),
        pl.Series([1_700_000_000_001_000, 1_700_000_000_002_000]),
        pl.Series([NS + 1_000_000, NS + 2_000_000]),
        pl.Series([datetime(2023, 11, 14, 22, 13, 20, 1_000), datetime(2023, 11, 14, 22, 13, 20, 2_000)]),
        pl.Series([NS + 1_000_000, NS + 2_000_000]).cast(pl.Datetime("ns", "Europe/Istanbul")),
    ],
    ids=["ms", "us", "ns", "datetime", "datetime with zone"],
)
def test_parquet(tmp_path: Path, times: pl.Series) -> None:
    """Whatever the unit of time; floats keep their value and shortest digits."""
    path = tmp_path / "abcusdt_1.parquet"
    pl.DataFrame({"timestamp": times, "quantity": [0.1, 2.0], "price": [43059.97, 1e-7]}).write_parquet(path)
    form, records, ignored = read(path)
    assert (form, ignored) == ("Parquet", 0)
    assert [r.ts for r in records] == [NS + 1_000_000, NS + 2_000_000]
    assert records[0].value == b'{"symbol":"ABCUSDT","ts":1700000000001000000,"price":43059.97,"qty":0.1}'
    assert ticks(records)[1] == {"symbol": "ABCUSDT", "ts": NS + 2_000_000, "price": 1e-7, "qty": 2.0}


def test_parquet_with_more_columns(tmp_path: Path) -> None:
    """Maker flag, id and decimal prices are understood; a missing price is handed on as null."""
    path = tmp_path / "t.parquet"
    pl.DataFrame(
        {
            "id": [7, 8],
            "price": [Decimal("1.50"), None],
            "amount": [1.0, 1.0],
            "time": [NS, NS],
            "is_buyer_maker": [True, False],
            "note": ["a", "b"],
        }
    ).write_parquet(path)
    assert ticks(read(path, "ABCUSDT")[1]) == [
        {"symbol": "ABCUSDT", "ts": NS, "price": "1.50", "qty": 1.0, "side": "sell", "trade_id": 7},
        {"symbol": "ABCUSDT", "ts": NS, "price": None, "qty": 1.0, "side": "buy", "trade_id": 8},
    ]


def test_parquet_longer_than_one_slice(tmp_path: Path) -> None:
    """A table is read in parts, and whole."""
    path = tmp_path / "abcusdt.parquet"
    rows = 120_001
    ids = pl.int_range(rows, eager=True)
    pl.DataFrame({"ts": ids * 1_000_000 + NS, "price": ids + 1.0, "qty": ids + 1.0, "id": ids}).write_parquet(
        path
    )
    capture = Capture(path)
    assert [json.loads(r.value)["trade_id"] for r in capture] == list(range(rows))
    assert capture.source.position == capture.source.size


@pytest.mark.parametrize("packed", ["gzip", "zip"])
def test_packed_files_are_read_as_what_is_inside(tmp_path: Path, packed: str) -> None:
    """gzip and zip are told by content, whatever the name says."""
    path = tmp_path / "ABCUSDT.csv"
    row = b"9,1.50,2.0,3.0,1700000000620,True,True\n"
    if packed == "gzip":
        path.write_bytes(gzip.compress(row))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("inner.csv", row)
    assert [(r.ts, r.key) for r in Capture(path)] == [(NS + 620_000_000, "ABCUSDT")]


def test_how_far_a_capture_has_been_read(tmp_path: Path) -> None:
    """The position runs from 0 up to the size on disk."""
    path = written(tmp_path / "log", *[b"1700000000000000001 " + RAW] * 5_000)
    capture = Capture(path)
    seen = [capture.source.position for _ in capture]
    assert 0 < seen[0] < seen[-1] == capture.source.size
    assert seen == sorted(seen)


def test_windows_line_ends_are_no_part_of_a_message(tmp_path: Path) -> None:
    """A carriage return before the line end goes with it, and blank lines are nothing."""
    path = written(tmp_path / "log", b"1700000000000000001 " + RAW, b"", end=b"\r\n")
    assert [r.value for r in Capture(path)] == [RAW]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"once upon a time\n", "known formats"),
        (b"", "known formats"),
        (b"[package]\nname = 1\n", "known formats"),
        (b'[{"price":1,', "not one whole JSON list"),
        (b"price,qty\n1,2\n", "no column for ts"),
        (b"PAR1 and then nothing", "no readable Parquet"),
        (gzip.compress(b"1700000000000000001 {}\n" * 9_999, mtime=0)[:-20], "cannot be read to its end"),
        (b"PK\x03\x04 broken", "cannot be read to its end"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, content: bytes, why: str) -> None:
    """The error names the file and the reason."""
    path = tmp_path / "ABCUSDT.csv"
    path.write_bytes(content)
    with pytest.raises(FeedError, match=f"ABCUSDT.csv.*{why}"):
        list(Capture(path))


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    """No traceback of the operating system's error, but its reason."""
    with pytest.raises(FeedError, match="No such file"):
        Capture(tmp_path / "none")


def test_an_archive_of_several_files_is_refused(tmp_path: Path) -> None:
    """Which of them is meant cannot be guessed."""
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "1")
        archive.writestr("b", "2")
    with pytest.raises(FeedError, match="holds 2 files"):
        Capture(path)
