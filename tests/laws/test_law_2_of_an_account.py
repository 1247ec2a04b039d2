"""Law 2 with the paper account: an hour of recorded trades, fed at speed, replays to the same bytes."""

from __future__ import annotations

from pathlib import Path

import orjson
import polars as pl
import pytest

from connectors.embedded import EmbeddedRedis, RealKafka
from connectors.embedded.child import Child
from connectors.kafka.topics import account_output
from tests.flows.commands import levibot
from tests.flows.running import LEVIBOT, Stage, until

pytestmark = [pytest.mark.slow, pytest.mark.kafka, pytest.mark.real_data, pytest.mark.timeout(300)]

HOUR_MS = 3_600_000


def test_an_hour_of_recorded_trades_replays_to_the_same_signals_trades_and_equity(
    real_data: Path, real_kafka: RealKafka, embedded_redis: EmbeddedRedis, tmp_path: Path
) -> None:
    """Recorded off the topics of a live run, with orders of an operator in between."""
    ticks = an_hour(real_data, tmp_path)
    stage = Stage(
        real_kafka.bootstrap, embedded_redis.url, partitions="1", paper_port="0", recorded_ticks="true",
        recovery_dir=str(tmp_path / "recovery"),
    )  # fmt: skip
    stage.levibot("topics", "create")
    with stage.flow(tmp_path / "signals.log") as flow:
        account = Child("the account", [LEVIBOT, "run", "paper"], log=tmp_path / "paper.log", env=stage.env)
        try:
            stage.levibot("feed", "file", str(ticks), "--topic", stage.ticks, "--symbol", "BTCUSDT")
            until(lambda: minutes(stage) >= 10, "ten minutes of the account")
            stage.levibot("control", "paper.order", "BTCUSDT", "buy", "50")
            until(lambda: minutes(stage) >= 59, "the hour of the account")
            until(lambda: signals(stage) >= 3_590, "the hour of signals, which the marks do not wait for")
            assert (flow.stop(), account.stop()) == (0, 0)
        finally:
            account.kill()
    assert levibot(("record", str(tmp_path / "run")), stage.env).code == 0

    done = levibot(("verify", "replay", str(tmp_path / "run"), "--json"), stage.env)
    found = orjson.loads(done.out)
    assert (done.code, found["holds"], found["first"]) == (0, True, None)
    equal = {row["topic"]: row["equal"] for row in found["topics"]}
    assert equal["signals"] >= 3_590
    assert equal["account"] >= 60
    assert equal["trades"] >= 10
    assert all(row["equal"] == row["recorded"] for row in found["topics"])


def an_hour(real_data: Path, folder: Path) -> Path:
    """Return a file with the first hour of the recorded day."""
    day = pl.scan_parquet(real_data / "full_day" / "btcusdt_20220115_00-12h.parquet")
    first = day.select(pl.col("timestamp").min()).collect().item()
    path = folder / "hour.parquet"
    day.filter(pl.col("timestamp") < first + HOUR_MS).sink_parquet(path)
    return path


def minutes(stage: Stage) -> int:
    """Return how many minutes the account has marked."""
    marks = [orjson.loads(m.value()) for m in stage.read(account_output("account", stage.settings))]
    return sum(body["event"] == "minute" and body["book"] == "active" for body in marks)


def signals(stage: Stage) -> int:
    """Return how many signals the flow has published."""
    return len(stage.bodies("signals"))
