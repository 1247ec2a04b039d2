"""Whose record it is, told from the payload or from the name of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.feed.symbols import symbol_in_name, symbol_of


@pytest.mark.parametrize(
    ("payload", "symbol"),
    [
        (b'{"stream":"btcusdt@trade","data":{"e":"trade","s":"BTCUSDT"}}', "BTCUSDT"),
        (b'{"stream":"ethusdt@depth@100ms","data":{"e":"depthUpdate"}}', "ETHUSDT"),
        (b'{"e":"aggTrade","E":1,"s":"DOTUSDT"}', "DOTUSDT"),
        (b'{"topic":"publicTrade.SOLUSDT","data":[{"S":"Sell","s":"SOLUSDT"}]}', "SOLUSDT"),
        (b'{"topic":"kline.1.DOGEUSDT","data":[]}', "DOGEUSDT"),
        (b'{"channel":"market_trades","events":[{"trades":[{"product_id":"ETH-USD"}]}]}', "ETH-USD"),
        (b'{"c":"spot@public.deals.v3.api@BTCUSDT","d":{}}', "BTCUSDT"),
        (b'[{ "symbol" : "ADAUSDT" },{"symbol":"BTCUSDT"}]', "ADAUSDT"),
        (b'{"channel":"heartbeats","events":[]}', None),
        (b'{"lastUpdateId":1,"bids":[]}', None),
        (b"\xff\x00", None),
        (b'{"x":"' + b"." * 5_000 + b'","s":"BTCUSDT"}', None),
    ],
)
def test_symbol_of_a_payload(payload: bytes, symbol: str | None) -> None:
    """Trades and other messages of a symbol get the same name; what names none early on gets none."""
    assert symbol_of(payload) == symbol


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("BTCUSDT-trades-2024-08-08.zip", "BTCUSDT"),
        ("spot_ethusdt_20240808.gz", "ETHUSDT"),
        ("1000PEPEUSDT-aggTrades-2025-01.csv", "1000PEPEUSDT"),
        ("btcusdt_20220115_00-12h.parquet", "BTCUSDT"),
        ("XRPETH.csv", "XRPETH"),
        ("trades.csv", None),
        ("2024-08-08.csv", None),
    ],
)
def test_symbol_in_a_file_name(name: str, symbol: str | None) -> None:
    """A word that ends in a known quote currency is the symbol."""
    assert symbol_in_name(Path("USDT") / name) == symbol
