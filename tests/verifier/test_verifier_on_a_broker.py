"""The verifier on what a real flow left on a broker: faulty ticks, a kill, a crash and a restart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from confluent_kafka import Producer

from connectors import start_values
from connectors.embedded import EmbeddedBroker, EmbeddedRedis
from tests.flows.running import Stage, until
from tests.verifier.product import rules_of
from verifier.log import Partition
from verifier.reading import Reader, ReadingError
from verifier.run import check
from verifier.shards import histories, shards

pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(120)]

FAULTS = ("--late", "0.02", "--duplicate", "0.02", "--corrupt", "0.03", "--future", "0.01")


def feed(stage: Stage, seconds: int, seed: int) -> None:
    """Put a faulty market of the recent past into the tick topic."""
    past = ("feed", "simulate", "--symbols", "10", "--rate", "10", "--speed", "max", "--json")
    stage.levibot(*past, *FAULTS, "--seconds", str(seconds), "--seed", str(seed), "--topic", stage.ticks)


def test_nothing_is_found_on_a_run_that_was_killed_and_started_again(
    embedded_broker: Callable[..., EmbeddedBroker], embedded_redis: EmbeddedRedis, tmp_path: Path
) -> None:
    """Every record of every shard is expected and equal; signals under the kill were among them."""
    stage = Stage("nowhere", embedded_redis.url, model="constant-0.99", partitions="2")
    stage = stage.at(embedded_broker(stage.topics()).bootstrap)
    feed(stage, 30, seed=0)
    with stage.flow(tmp_path / "first.log") as flow:
        until(lambda: len(stage.bodies("signals")) > 100, "some signals")
        stage.levibot("control", "kill", "--wait")
        flow.kill()
    feed(stage, 3, seed=1)
    with stage.flow(tmp_path / "second.log") as flow:
        until(stage.read_up_to, "the second run to catch up")
        assert flow.stop() == 0

    with Reader(stage.settings.kafka_bootstrap) as reader:
        found = histories(reader, shards(reader, [stage.ticks]), stage.settings.topic_suffix)
        report = check(found, rules_of(start_values.spec(stage.settings)))

    assert (report.exit_code, report.examples) == (0, [])
    assert report.killed_signals > 0
    assert report.total("found") > 500
    assert all(shard.journal.opens == 2 for shard in report.shards)


def test_a_partition_is_read_to_the_end_it_had(embedded_broker: Callable[..., EmbeddedBroker]) -> None:
    """Offsets, timestamps, keys, values and headers, also of none and of empty records."""
    broker = embedded_broker({"full": 1, "empty": 2})
    producer = Producer({"bootstrap.servers": broker.bootstrap})
    producer.produce("full", b"value", b"key", partition=0, timestamp=1_234, headers={"name": b"\xff"})
    producer.produce("full", None, partition=0, timestamp=1_235)
    assert producer.flush(10) == 0
    seen: list[int] = []

    with Reader(broker.bootstrap) as reader:
        full = reader.read("full", 0, lambda: seen.append(1))
        empty = reader.read("empty", 1)
        assert (reader.partitions("empty"), reader.partitions("absent")) == (2, 0)
        with pytest.raises(ReadingError, match="no tick topic 'absent'"):
            shards(reader, ["full", "absent"])

    assert [tuple(record)[2:] for record in full.records] == [
        (0, 1_234, b"key", b"value", (("name", b"\xff"),)),
        (1, 1_235, None, None, ()),
    ]
    assert (full.low, full.high, full.name, len(seen)) == (0, 2, "full/0", 2)
    assert empty == Partition("empty", 1)
