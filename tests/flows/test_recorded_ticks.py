"""Real recorded ticks through a real broker: every item is accounted for, every bar is right."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from connectors.embedded import EmbeddedRedis, RealKafka
from tests.flows.running import Stage, until

pytestmark = [pytest.mark.real_data, pytest.mark.slow, pytest.mark.timeout(240)]

WS = ("spot_btcusdt_20240808", "spot_btcusdt_20240809", "spot_ethusdt_20240808", "spot_ethusdt_20240809")
SETTINGS = {"recorded_ticks": "true", "partitions": "2", "start": "earliest"}


def spot_lines(path: Path) -> list[dict[str, object]]:
    """Return the raw messages of a spot capture."""
    with gzip.open(path, "rt") as lines:
        return [json.loads(line.partition(" ")[2]) for line in lines]


def trades_of(messages: list[dict[str, object]]) -> pl.DataFrame:
    """Return a capture's trades as stdlib JSON gives them, quantities as whole 1e-8."""
    datas = [m.get("data", m) for m in messages]
    trades = [d for d in datas if isinstance(d, dict) and d.get("e") == "trade"]
    rows = [
        {
            "symbol": d["s"],
            "ms": d["T"],
            "price": float(d["p"]),
            "lots": int(Decimal(d["q"]) * 10**8),
        }
        for d in trades
    ]
    return pl.DataFrame(rows)


def expected_bars(trades: pl.DataFrame) -> pl.DataFrame:
    """Return one-second bars by an aggregation of polars."""
    return (
        trades.with_columns(at=pl.from_epoch("ms", "ms"))
        .sort("at", maintain_order=True)
        .group_by_dynamic("at", every="1s", group_by="symbol")
        .agg(
            o=pl.col("price").first(), h=pl.col("price").max(), l=pl.col("price").min(),
            c=pl.col("price").last(), lots=pl.col("lots").sum(), n=pl.len().cast(pl.Int64),
        )
        .select("symbol", pl.col("at").dt.epoch("ns").alias("start"), "o", "h", "l", "c", "lots", "n")
        .sort("symbol", "start")
    )  # fmt: skip


def published_bars(stage: Stage) -> pl.DataFrame:
    """Return the one-second bars on the features topic, without the rows in which nothing traded."""
    rows = [
        {
            "symbol": body["symbol"], "start": body["ts"] - 10**9, "o": body["o"], "h": body["h"],
            "l": body["l"], "c": body["c"], "lots": round(body["v"] * 10**8), "n": body["n"],
        }
        for body in stage.bodies("features")
        if body["tf"] == "1s" and body["n"]
    ]  # fmt: skip
    return pl.DataFrame(rows).sort("symbol", "start")


def run_to_the_end(stage: Stage, files: list[Path], last_second: int, log: Path) -> Counter[str]:
    """Feed captures, let the flow read all of them and close every second, stop it and return its books."""
    stage.levibot("topics", "create")
    stage.levibot("feed", "file", *map(str, files), "--topic", stage.ticks, "--json")
    with stage.flow(log) as flow:
        until(stage.read_up_to, f"the flow to read up to the end; see {log}")
        until(lambda: stage.closed_to() > last_second, f"beats to close the last second; see {log}")
        assert flow.stop() == 0
    return stage.ledger()


def last_second(trades: pl.DataFrame) -> int:
    """Return the second of the newest trade."""
    newest = trades["ms"].max()
    assert isinstance(newest, int)
    return newest // 1_000


@pytest.mark.parametrize("names", [WS, ("spot_btcusdt_20230405.dat",)], ids=["2024", "2023"])
def test_binance_spot_captures(
    names: tuple[str, ...],
    real_kafka: RealKafka,
    embedded_redis: EmbeddedRedis,
    real_data: Path,
    tmp_path: Path,
) -> None:
    """Every trade is used and every bar is exact, with a recorder clock 1.27 s behind the exchange (2024)."""
    files = [real_data / "binance_ws" / f"{name}.gz" for name in names]
    messages = [message for file in files for message in spot_lines(file)]
    trades = trades_of(messages)
    stage = Stage(real_kafka.bootstrap, embedded_redis.url, **SETTINGS)
    books = run_to_the_end(stage, files, last_second(trades), tmp_path / "flow.log")
    assert books["read"] == len(messages)
    assert books["used"] == len(trades)
    assert books["skipped"] == len(messages) - len(trades)
    assert (books["late"], books["duplicate"], books["invalid"]) == (0, 0, 0)
    assert published_bars(stage).equals(expected_bars(trades))


def test_xrp_eth_with_silences_of_minutes(
    real_kafka: RealKafka, embedded_redis: EmbeddedRedis, real_data: Path, tmp_path: Path
) -> None:
    """A symbol that is silent for up to 494 s keeps all its trades, its bars and a row for every second.

    Two hours around the longest silence; all sixty go through the stages in ``tests/market``.
    """
    capture = real_data / "binance_agg_trades" / "xrpeth_20191011_13.json.gz"
    around = json.loads(gzip.decompress(capture.read_bytes()))[5_200:5_700]
    file = tmp_path / capture.name
    file.write_bytes(gzip.compress(json.dumps(around).encode()))
    trades = trades_of([{"e": "trade", "s": "XRPETH", **trade["info"]} for trade in around])
    assert trades["ms"].diff().max() == 494_249
    stage = Stage(real_kafka.bootstrap, embedded_redis.url, **SETTINGS)
    books = run_to_the_end(stage, [file], last_second(trades), tmp_path / "flow.log")
    assert books == Counter(read=500, used=500)
    assert published_bars(stage).equals(expected_bars(trades))
    rows = [body["ts"] for body in stage.bodies("signals")]
    first = int(trades["ms"][0]) // 1_000
    assert rows == [second * 10**9 for second in range(first + 1, first + 1 + len(rows))]
    assert rows[-1] >= (last_second(trades) + 1) * 10**9
