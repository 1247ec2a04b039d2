"""Recorded captures of four feeds, against a reading of the same lines with the standard library."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from codec_payloads import dumps, joined, seen

from connectors.codecs import Decoder
from models.ticks import MAX_RECORD_BYTES

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

BINANCE_WS = [
    ("spot_btcusdt_20230405.dat.gz", 3_144),
    ("spot_btcusdt_20240808.gz", 9_757),
    ("spot_btcusdt_20240809.gz", 10_147),
    ("spot_ethusdt_20240808.gz", 6_106),
    ("spot_ethusdt_20240809.gz", 8_409),
]


def lines(path: Path) -> Iterator[bytes]:
    with gzip.open(path) as file:
        yield from (line.rstrip(b"\n") for line in file)


def binance_row(event: dict[str, Any]) -> tuple[Any, ...]:
    number = event["t"] if event["e"] == "trade" else event["a"]
    price, qty, side = float(event["p"]), float(event["q"]), -1 if event["m"] else 1
    return ("binance", event["s"], event["T"] * 10**6, price, qty, side, number)


def binance_rows(values: list[bytes]) -> list[tuple[Any, ...]]:
    messages = [(i, json.loads(value)) for i, value in enumerate(values)]
    events = [(i, message.get("data", message)) for i, message in messages]
    return [(i, 0, *binance_row(event)) for i, event in events if event.get("e") in ("trade", "aggTrade")]


def check_binance(values: list[bytes], trades: int) -> None:
    expected = binance_rows(values)
    assert len(expected) == trades
    for codec in ("auto", "binance"):
        decoded = Decoder(codec).decode(values)
        assert seen(decoded) == expected
        assert (len(decoded.skipped), decoded.invalid) == (len(values) - trades, ())


@pytest.mark.parametrize(("name", "trades"), BINANCE_WS)
def test_binance_websocket(real_data, name, trades):
    """Trades, depth, book tickers and a REST snapshot, as a recorder wrote them."""
    values = [line.split(b" ", 1)[1] for line in lines(real_data / "binance_ws" / name)]
    check_binance(values, trades)


def test_binance_aggregate_trades(real_data):
    """A session log with three symbols' aggTrade, depth and kline streams."""
    path = real_data / "exchange_payloads" / "binance_aggtrade_20210404.txt.gz"
    values = [line[line.index(b"{") :] for line in lines(path) if b": {" in line[:120]]
    check_binance(values, 1910)


def test_binance_aggregate_trades_of_a_quiet_symbol(real_data):
    """12,477 ``info`` objects, given back the two fields that REST leaves out."""
    path = real_data / "binance_agg_trades" / "xrpeth_20191011_13.json.gz"
    with gzip.open(path) as file:
        trades = [trade["info"] for trade in json.load(file)]
    check_binance([dumps({"e": "aggTrade", "s": "XRPETH"} | trade) for trade in trades], 12_477)


def received(path: Path) -> list[bytes]:
    messages = map(json.loads, lines(path))
    return [message["data"].encode() for message in messages if message["t"] == "recv"]


def bybit_row(trade: dict[str, Any]) -> tuple[Any, ...]:
    return (
        trade["s"],
        trade["T"] * 10**6,
        float(trade["p"]),
        float(trade["v"]),
        1 if trade["S"] == "Buy" else -1,
    )


def test_bybit(real_data):
    """Linear and spot trades among order books, tickers, klines and acknowledgements."""
    values = received(real_data / "exchange_payloads" / "bybit_20260809.jsonl.gz")
    messages = [json.loads(value) for value in values]
    pushes = [message["data"] for message in messages if message.get("topic", "").startswith("publicTrade.")]
    expected = [bybit_row(trade) for push in pushes for trade in push]
    assert len(pushes) == 120
    for codec in ("auto", "bybit"):
        decoded = Decoder(codec).decode(values)
        assert [tick[3:8] for tick in seen(decoded)] == expected
        assert {symbol.venue for symbol in decoded.ticks.symbols} == {"bybit"}
        assert (len(decoded.skipped), decoded.invalid) == (len(values) - len(pushes), ())


def coinbase_row(trade: dict[str, Any]) -> tuple[Any, ...]:
    seconds, _, fraction = trade["time"].removesuffix("Z").partition(".")
    ts = int(datetime.fromisoformat(f"{seconds}+00:00").timestamp()) * 10**9 + int(fraction.ljust(9, "0"))
    side = {"BUY": -1, "SELL": 1}[trade["side"]]
    return (
        trade["product_id"],
        ts,
        float(trade["price"]),
        float(trade["size"]),
        side,
        int(trade["trade_id"]),
    )


def test_coinbase(real_data):
    """Market trades, each message listing the newest first, among other channels; two books are too large."""
    values = received(real_data / "exchange_payloads" / "coinbase_20260809_head.jsonl.gz")
    messages = [json.loads(value) for value in values]
    pushes = [m["events"] for m in messages if m["channel"] == "market_trades"]
    large = [i for i, value in enumerate(values) if len(value) > MAX_RECORD_BYTES]
    assert (len(pushes), len(large)) == (44, 2)
    expected = [coinbase_row(t) for events in pushes for e in reversed(events) for t in reversed(e["trades"])]
    for codec in ("auto", "coinbase"):
        decoded = Decoder(codec).decode(values)
        assert [tick[3:] for tick in seen(decoded)] == expected
        assert [item.record for item in decoded.invalid] == large
        assert len(decoded.skipped) == len(values) - len(pushes) - len(large)


def test_coinbase_trades_on_the_ask_were_bought(real_data):
    """The recorded book proves whose side ``side`` is: above the middle, aggressors mostly bought."""
    values = received(real_data / "exchange_payloads" / "coinbase_20260809_head.jsonl.gz")
    books: dict[str, dict[str, dict[str, float]]] = {}
    right = wrong = 0
    for value in values:
        message = json.loads(value)
        if message["channel"] == "l2_data":
            for update in ((e["product_id"], u) for e in message["events"] for u in e["updates"]):
                follow(books, *update)
        elif message["channel"] == "market_trades" and message["events"][0]["type"] == "update":
            for tick in (tick for tick in seen(Decoder("coinbase").decode([value])) if tick.name in books):
                bids, asks = books[tick.name]["bid"], books[tick.name]["offer"]
                middle = (max(map(float, bids)) + min(map(float, asks))) / 2
                agrees = (tick.price > middle) == (tick.side == 1)
                right, wrong = right + agrees, wrong + (not agrees)
    assert (right, wrong) == (54, 4)


def follow(books: dict[str, dict[str, dict[str, float]]], product: str, update: dict[str, str]) -> None:
    levels = books.setdefault(product, {"bid": {}, "offer": {}})[update["side"]]
    if float(update["new_quantity"]):
        levels[update["price_level"]] = float(update["new_quantity"])
    else:
        levels.pop(update["price_level"], None)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_chopping_does_not_matter(real_data, size):
    """A capture polled in pieces of any size gives the same ticks as in one."""
    path = real_data / "binance_ws" / "spot_btcusdt_20230405.dat.gz"
    values = [line.split(b" ", 1)[1] for line in lines(path)][:4000]
    decoder = Decoder()
    pieces = [decoder.decode(values[i : i + size]) for i in range(0, len(values), size)]
    ticks = [
        tick._replace(record=tick.record + i * size) for i, piece in enumerate(pieces) for tick in seen(piece)
    ]
    assert ticks == joined([decoder.decode([value]) for value in values])[0]
    assert ticks == seen(decoder.decode(values))
