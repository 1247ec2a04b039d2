"""History that is gone: refused with what to do, or begun anew behind it; and a new run beside the old."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from confluent_kafka import TopicPartition

from connectors.embedded import EmbeddedRedis, RealKafka
from connectors.kafka.beginning import GAP_ACTOR
from connectors.kafka.clients import admin
from connectors.kafka.topics import output
from tests.flows.running import Stage, until
from tests.flows.test_recovery import feed, run

pytestmark = [pytest.mark.slow, pytest.mark.kafka, pytest.mark.timeout(240)]


@pytest.fixture
def stage(real_kafka: RealKafka, embedded_redis: EmbeddedRedis) -> Stage:
    """Topics on a real Kafka, which can be told to forget."""
    made = Stage(real_kafka.bootstrap, embedded_redis.url, model="constant-0.99", partitions="2")
    made.levibot("topics", "create")
    return made


def forget(stage: Stage, topic: str) -> None:
    """Let the broker delete every record of a topic, as retention does."""
    ends = {TopicPartition(topic, p, end) for p, end in enumerate(stage.ends(topic))}
    client = admin(stage.settings.kafka_bootstrap)
    for answer in client.delete_records(list(ends)).values():
        answer.result(30)


def test_ticks_that_retention_overtook_are_named_and_a_shard_begins_anew_behind_them(
    stage: Stage, tmp_path: Path
) -> None:
    """Killed, until somebody says otherwise; numbers go on without a gap."""
    feed(stage, 5, 1)
    run(stage, tmp_path / "first.log")
    before = stage.ends(output("signals", stage.settings))
    feed(stage, 5, 2)
    forget(stage, stage.ticks)
    said = stage.refused("run", "signals")
    assert "are gone by retention" in said and "--accept-gap" in said
    feed(stage, 5, 3)
    run(stage, tmp_path / "second.log", "--accept-gap")
    anew = [b for b in stage.bodies("signals") if b["ordinal"] >= before[b["caused_by"]["partition"]]]
    assert len(anew) > 20
    assert {(b["signal"], b["reason"]) for b in anew} == {("HOLD", "killed")}
    heads = [orjson.loads(m.value()) for m in stage.read(output("journal", stage.settings))]
    genesis = [h["payload"] for h in heads if h["kind"] == "genesis" and "gap" in h["payload"]]
    assert [g["desk"]["killed_by"] for g in genesis] == [GAP_ACTOR] * 2
    with stage.flow(tmp_path / "third.log"):
        stage.levibot("control", "unkill", "--reason", "looked into", "--wait")
        feed(stage, 3, 4)
        until(lambda: stage.bodies("signals")[-1]["signal"] == "BUY", "signals after unkill")
    stage.levibot("verify", "log")
    stage.levibot("recover", "reset")
    run(stage, tmp_path / "fourth.log")


def test_a_lost_journal_is_not_guessed_at(stage: Stage, tmp_path: Path) -> None:
    """The folder alone could go on; but what stood in the journal is gone for every reader of it."""
    feed(stage, 5, 1)
    run(stage, tmp_path / "first.log")
    stage.levibot("recover", "reset")
    forget(stage, output("journal", stage.settings))
    assert "journal entries from 0 to" in stage.refused("run", "signals")


def test_a_changed_configuration_begins_beside_the_old_run_as_far_back_as_told(
    stage: Stage, tmp_path: Path
) -> None:
    """Its own topics, the same ticks, from so many days ago; both can be read meanwhile."""
    feed(stage, 60, 1)
    run(stage, tmp_path / "old.log")
    beside = stage.but(topic_suffix=f"{stage.settings.topic_suffix}-next", grace_ms="2000")
    beside.levibot("topics", "create")
    half_a_minute = 30 / 86_400
    begun = run(beside, tmp_path / "new.log", "--days", str(half_a_minute))
    assert all(0 < tick < end for tick, end in zip(begun.values(), stage.ends(stage.ticks), strict=True))
    assert len(beside.bodies("signals")) > 20
