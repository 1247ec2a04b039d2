"""The readers on captures nobody here made up, against counts by the standard library alone."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from connectors.feed.files import Capture
from connectors.feed.replay import Replay, merged, moved, rebase_shift

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

WEBSOCKET = [
    "binance_ws/spot_btcusdt_20230405.dat.gz",
    "binance_ws/spot_btcusdt_20240808.gz",
    "binance_ws/spot_btcusdt_20240809.gz",
    "binance_ws/spot_ethusdt_20240808.gz",
    "binance_ws/spot_ethusdt_20240809.gz",
]


def unpacked(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        return [line.removesuffix("\n") for line in lines]


def trades_in(messages: list[Any]) -> Counter[str]:
    """Trades per symbol, by each exchange's own description of its messages."""
    found: Counter[str] = Counter()
    for message in messages:
        body = message.get("data", message)
        if isinstance(body, dict) and body.get("e") in ("trade", "aggTrade"):
            found[body["s"]] += 1
        if str(message.get("topic", "")).startswith("publicTrade."):
            found.update(trade["s"] for trade in body)
        if message.get("channel") == "market_trades":
            found.update(trade["product_id"] for event in message["events"] for trade in event["trades"])
    return found


def fed(path: Path) -> tuple[Capture, Counter[str]]:
    capture = Capture(path)
    return capture, trades_in([json.loads(record.value) for record in capture])


@pytest.mark.parametrize("name", WEBSOCKET)
def test_websocket_logs_pass_line_for_line(real_data: Path, name: str) -> None:
    """Every line is one record, byte for byte; times are those in front of it; all has one key."""
    lines = [line.split(" ", 1) for line in unpacked(real_data / name)]
    records = list(Capture(real_data / name))
    unit = 10 ** (19 - len(lines[0][0]))
    assert [(r.ts, r.value.decode()) for r in records] == [(int(ts) * unit, raw) for ts, raw in lines]
    assert {r.key for r in merged([Capture(real_data / name)])} == {name[16:23].upper()}


@pytest.mark.parametrize(("symbol", "count"), [("btcusdt", 9_757 + 10_147), ("ethusdt", 6_106 + 8_409)])
def test_the_pair_joins_without_a_missing_trade(real_data: Path, symbol: str, count: int) -> None:
    """Merged over midnight, the trade ids of the two days are one unbroken sequence."""
    days = [Capture(real_data / f"binance_ws/spot_{symbol}_2024080{day}.gz") for day in (8, 9)]
    bodies = [json.loads(record.value).get("data", {}) for record in merged(days)]
    ids = [body["t"] for body in bodies if body.get("e") == "trade"]
    assert ids == list(range(ids[0], ids[0] + count))


def test_session_log(real_data: Path) -> None:
    """All messages pass and the four session records do not; trades are those grep counts."""
    path = real_data / "exchange_payloads/binance_aggtrade_20210404.txt.gz"
    lines = unpacked(path)
    messages = [line for line in lines if re.match(r"\d+\.\d+: ", line)]
    capture, trades = fed(path)
    assert sum(1 for _ in capture) == len(messages)
    assert capture.ignored == len(lines) - len(messages) == 4
    assert trades == {s: sum('"aggTrade","E"' in m and f'"s":"{s}"' in m for m in messages) for s in trades}
    assert set(trades) == {"BTCUSDT", "ETHUSDT", "DOTUSDT"}


@pytest.mark.parametrize("name", ["bybit_20260809", "coinbase_20260809_head"])
def test_receive_logs(real_data: Path, name: str) -> None:
    """What was received is fed, with every trade of it; requests and headers are not."""
    path = real_data / f"exchange_payloads/{name}.jsonl.gz"
    told = [json.loads(line) for line in unpacked(path)]
    received = [line["data"] for line in told if line["t"] == "recv"]
    capture, trades = fed(path)
    assert [r.value.decode() for r in capture] == received
    assert capture.ignored == len(told) - len(received)
    assert trades == trades_in([json.loads(message) for message in received])
    assert trades.total() > 100


@pytest.mark.parametrize("name", ["bybit_20260809", "coinbase_20260809_head"])
def test_a_message_with_trades_is_keyed_by_their_symbol(real_data: Path, name: str) -> None:
    """No recorded message carries trades of two symbols, and its key is theirs."""
    for record in Capture(real_data / f"exchange_payloads/{name}.jsonl.gz"):
        if trades := trades_in([json.loads(record.value)]):
            assert list(trades) == [record.key]


def test_ccxt_list(real_data: Path) -> None:
    """Each trade becomes a canonical tick with the exchange's digits; ids are contiguous."""
    path = real_data / "binance_agg_trades/xrpeth_20191011_13.json.gz"
    with gzip.open(path) as content:
        trades = json.load(content)
    ticks = [json.loads(record.value) for record in Capture(path)]
    assert len(ticks) == 12_477
    assert [(t["trade_id"], t["price"], t["qty"], t["ts"]) for t in ticks] == [
        (t["info"]["a"], t["info"]["p"], t["info"]["q"], t["info"]["T"] * 1_000_000) for t in trades
    ]
    assert [t["side"] for t in ticks] == ["sell" if t["info"]["m"] else "buy" for t in trades]
    assert {t["symbol"] for t in ticks} == {"XRPETH"}


def test_parquet_day(real_data: Path) -> None:
    """Every row in its order, each float the same float, no side and no id made up."""
    path = real_data / "full_day/btcusdt_20220115_00-12h.parquet"
    table = pl.read_parquet(path)
    ticks = [json.loads(record.value) for record in Capture(path)]
    assert len(ticks) == 199_020
    expected = zip(*(table[name].to_list() for name in ("timestamp", "price", "quantity")), strict=True)
    assert [(t["ts"] // 1_000_000, t["price"], t["qty"]) for t in ticks] == list(expected)
    assert all(len(t) == 4 and t["symbol"] == "BTCUSDT" for t in ticks)


@pytest.mark.parametrize("name", ["bybit_20260809", "coinbase_20260809_head"])
def test_a_rebase_of_real_messages_moves_every_trade_alike(real_data: Path, name: str) -> None:
    """Shifted and read again, the trades differ from the recorded ones by the shift alone."""
    path = real_data / f"exchange_payloads/{name}.jsonl.gz"
    plan = Replay(paths=(path,), topic="", bootstrap="", rebase=True)
    now = 1_900_000_000_000_000_000
    by = rebase_shift(plan, [Capture(path)], now)
    records = list(merged([Capture(path)]))
    shifted = [moved(record, by) for record in records]
    assert now - 10**9 < shifted[-1].ts <= now
    for before, after in zip(records, shifted, strict=True):
        if before.value.startswith((b'{"topic":"publicTrade', b'{"channel":"market_trades')):
            assert undated(after.value) == undated(before.value)
            assert {b - a for a, b in zip(moments(before.value), moments(after.value), strict=True)} == {by}


_MOMENT = re.compile(rb'"(?:ts|T)":(\d{13})\b|"(?:time|timestamp)":"([^"]+)Z"')


def undated(value: bytes) -> bytes:
    return _MOMENT.sub(b"", value)


def moments(value: bytes) -> list[int]:
    """All times of a Bybit or Coinbase trade message, ns."""
    return [int(ms) * 1_000_000 if ms else iso_ns(text.decode()) for ms, text in _MOMENT.findall(value)]


def iso_ns(text: str) -> int:
    whole, _, part = text.partition(".")
    return pl.Series([whole]).str.to_datetime().dt.epoch("s")[0] * 10**9 + int(part.ljust(9, "0") or 0)
