"""Recorded sessions of real exchanges, played again: every byte arrives, and the account is right."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from connectors.feed.live.bybit import Bybit
from connectors.feed.live.coinbase import Coinbase
from tests.feed_live.bridging import Run
from tests.feed_live.exchange import Part, Peer, says

pytestmark = [pytest.mark.real_data, pytest.mark.slow]


NO_DATA = ("subscriptions", "heartbeats")


def lines(path: Path) -> list[bytes]:
    """The raw messages of a Binance capture, without the time in front."""
    with gzip.open(path) as content:
        return [line.rstrip(b"\n").split(b" ", 1)[1] for line in content]


def received(path: Path, connection: str = "") -> list[bytes]:
    """The raw messages that a recorder received, on one of its connections."""
    with gzip.open(path, "rt", encoding="utf-8") as content:
        entries = map(json.loads, content)
        return [e["data"].encode() for e in entries if e["t"] == "recv" and connection in e["conn"]]


def cut_after(payloads: list[bytes]) -> Part:
    """Play these messages and cut the line."""

    async def part(peer: Peer) -> None:
        await peer.subscribe()
        await peer.say(*payloads)
        peer.drop()

    return part


def played(*payloads: bytes) -> Part:
    """Play a recorded session, which has its own acknowledgements, once it is asked for."""

    async def part(peer: Peer) -> None:
        await peer.hear()
        await peer.say(*payloads)
        await peer.stay()

    return part


def test_a_binance_session_arrives_byte_for_byte(real_data: Path) -> None:
    """Seven minutes of trades, depth and book tickers: 15,088 messages, no trade missing."""
    sent = lines(real_data / "binance_ws/spot_btcusdt_20230405.dat.gz")
    run = Run(says(*sent), limit=len(sent))
    summary = run.go()
    assert run.topic.values == sent
    assert {key for key, *_ in run.topic.records} == {b"BTCUSDT"}
    assert (summary.records, summary.trades, summary.missing, summary.repeated) == (15_088, 3_144, 0, 0)


@pytest.mark.parametrize("left_out", [0, 5])
def test_two_recordings_that_join_have_the_gap_that_was_made(real_data: Path, left_out: int) -> None:
    """They meet at midnight without a missing trade; five that are left out are told, and only they."""
    before, after = (
        [
            line
            for line in lines(real_data / f"binance_ws/spot_ethusdt_{day}.gz")
            if b'"ethusdt@trade"' in line
        ]
        for day in ("20240808", "20240809")
    )
    run = Run(
        cut_after(before),
        says(*after[left_out:]),
        symbols=("ETHUSDT",),
        limit=len(before) + len(after) - left_out,
    )
    summary = run.go()
    assert run.topic.values == before + after[left_out:]
    first, last = (json.loads(line)["data"]["t"] for line in (before[-1], after[left_out]))
    expected = [(first + 1, last - 1, True)] if left_out else []
    assert [(gap.from_id, gap.to_id, gap.reconnect) for gap in summary.gaps] == expected
    assert (summary.missing, summary.connections) == (left_out, 2)


def test_a_coinbase_session(real_data: Path) -> None:
    """Data comes before its acknowledgement, which stays outside, as heartbeats and books of 5 MB do."""
    sent = received(real_data / "exchange_payloads/coinbase_20260809_head.jsonl.gz")
    data = [raw for raw in sent if channel(raw) not in NO_DATA and len(raw) <= 1 << 20]
    run = Run(played(*sent), venue=Coinbase(), symbols=("BTC-USD", "ETH-USD"), limit=len(data))
    summary = run.go()
    assert run.topic.values == data
    found = [trade for raw in data if channel(raw) == "market_trades" for trade in trades_in(raw)]
    assert (summary.trades, len(found)) == (259, 259)
    for symbol in ("BTC-USD", "ETH-USD"):
        ids = [int(trade["trade_id"]) for trade in found if trade["product_id"] == symbol]
        numbering = summary.numberings[symbol]
        assert (numbering.first, numbering.last) == (min(ids), max(ids))
        assert (numbering.missing, numbering.repeated) == (0, 0)
    assert (summary.mixed, summary.too_large) == (0, sum(len(raw) > 1 << 20 for raw in sent))


def test_a_bybit_session(real_data: Path) -> None:
    """Its ids tell nothing, so no gap is claimed; every trade is counted and keyed."""
    sent = received(real_data / "exchange_payloads/bybit_20260809.jsonl.gz")
    data = [raw for raw in sent if b'"op":"subscribe"' not in raw]
    run = Run(played(*sent), venue=Bybit(), symbols=("BTCUSDT", "ETHUSDT"), limit=len(data))
    summary = run.go()
    assert run.topic.values == data
    prints = [json.loads(raw) for raw in data if raw.startswith(b'{"topic":"publicTrade.')]
    assert summary.trades == sum(len(message["data"]) for message in prints)
    keys = {value: key.decode() for key, value, *_ in run.topic.records}
    assert all(keys[raw] in json.loads(raw)["topic"] for raw in data)
    assert (summary.gap_count, summary.numberings) == (0, {})


def channel(raw: bytes) -> str:
    return json.loads(raw).get("channel", "")


def trades_in(raw: bytes) -> list[dict[str, Any]]:
    return [trade for event in json.loads(raw)["events"] for trade in event["trades"]]
