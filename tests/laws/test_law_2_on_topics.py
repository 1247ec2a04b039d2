"""Law 2 on the topics of a run: recorded while it goes on, after a crash and commands, it replays exactly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import polars as pl
import pytest
from confluent_kafka import Producer

from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from connectors.kafka.topics import output
from models.judge.records import FEATURES, TOPICS
from tests.flows.commands import levibot
from tests.flows.running import Stage, until

pytestmark = [pytest.mark.embedded, pytest.mark.timeout(180)]

MARKET = ("--symbols", "12", "--rate", "10", "--late", "0.01", "--duplicate", "0.01", "--corrupt", "0.01")


@pytest.fixture
def stage(
    embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis, tmp_path: Path
) -> Stage:
    """A stage on a broker of its own."""
    stage = Stage("nowhere", embedded_redis.url, recovery_dir=str(tmp_path / "recovery"), partitions="2")
    return stage.at(embedded_broker(stage.topics()).bootstrap)


def feed(stage: Stage, seconds: int, seed: int) -> None:
    """Put a simulated market of the recent past into the tick topic."""
    past = ("--speed", "max", "--seconds", str(seconds), "--seed", str(seed), "--topic", stage.ticks)
    stage.levibot("feed", "simulate", *MARKET, *past)


def run(stage: Stage, *args: str | Path) -> tuple[int, str, str]:
    """Run a command; return its exit code, what it printed, and its complaints."""
    return levibot(tuple(map(str, args)), stage.env)


def journal_kinds(stage: Stage) -> set[str]:
    """Return what kinds of entries the run has taken in."""
    return {orjson.loads(m.value())["kind"] for m in stage.read(output("journal", stage.settings))}


@pytest.mark.slow
def test_a_run_with_a_crash_commands_and_beats_replays_exactly(stage: Stage, tmp_path: Path) -> None:
    """Recorded while it runs: every output equal, exit 0; one flipped bit in a file: exit 1, named."""
    feed(stage, seconds=30, seed=0)
    with stage.flow(tmp_path / "first.log") as flow:
        until(lambda: sum(stage.ends(output(FEATURES, stage.settings))) > 100, "some rows")
        stage.levibot("control", "kill", "--wait")
        flow.kill()
    feed(stage, seconds=5, seed=1)
    with stage.flow(tmp_path / "second.log") as flow:
        until(stage.read_up_to, "the second process to catch up, and a beat behind it")
        stage.levibot("control", "unkill", "--reason", "drill", "--wait")
        feed(stage, seconds=3, seed=2)
        code, text, complaints = run(stage, "record", tmp_path / "run", "--json")
        assert (code, complaints) == (0, "")
        until(stage.read_up_to, "the end")
        assert flow.stop() == 0
    assert journal_kinds(stage) == {"open", "genesis", "command", "beat"}
    recorded = [sum(shard["outputs"].values()) for shard in orjson.loads(text)["shards"]]
    assert min(recorded) > 300

    code, text, _ = run(stage, "verify", "replay", tmp_path / "run", "--json")
    found = orjson.loads(text)
    assert (code, found["holds"]) == (0, True)
    assert sum(row["equal"] for row in found["topics"]) == sum(recorded)

    flip(tmp_path / "run" / "outputs-features-0001-0000.parquet", row=7)
    code, text, _ = run(stage, "verify", "replay", tmp_path / "run", "--json")
    first = orjson.loads(text)["first"]
    assert (code, first["topic"], first["partition"], first["ordinal"]) == (1, FEATURES, 1, 7)

    code, text, _ = run(stage, "verify", "log", "--json")
    walked = orjson.loads(text)
    assert (code, walked["holds"], len(walked["partitions"])) == (0, True, 2 * len(TOPICS))
    assert sum(row["records"] for row in walked["partitions"]) == sum(
        sum(stage.ends(output(topic, stage.settings))) for topic in TOPICS
    )


def flip(path: Path, row: int) -> None:
    """Turn one bit of a recorded value."""
    frame = pl.read_parquet(path)
    values = frame["value"].to_list()
    values[row] = values[row][:-3] + bytes([values[row][-3] ^ 1]) + values[row][-2:]
    frame.with_columns(pl.Series("value", values, dtype=pl.Binary)).write_parquet(path)


def test_a_hole_in_the_log_is_found_by_ordinals(stage: Stage) -> None:
    """A reader needs nothing but the numbers: exit 1 and the gap; exit 2 where nothing is there."""
    topic = output("signals", stage.settings)
    assert run(stage, "verify", "log", "signals")[0] == 2
    producer = Producer({"bootstrap.servers": stage.settings.kafka_bootstrap})
    for ordinal in (5, 6, 9, 9, 10):
        producer.produce(topic, orjson.dumps({"ordinal": ordinal}), partition=1)
    assert producer.flush(10) == 0
    code, text, _ = run(stage, "verify", "log", "signals", "--json")
    row = orjson.loads(text)["partitions"][1]
    assert (code, row["records"], row["first"], row["last"]) == (1, 5, 5, 10)
    assert (row["gaps"], row["missing"], row["repeats"], row["out_of_order"]) == ([[7, 8]], 2, 1, 0)
    assert run(stage, "verify", "log", "journal")[0] == 2
