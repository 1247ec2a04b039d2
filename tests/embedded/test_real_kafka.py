"""A real Apache Kafka is started where there is no Docker, and does what the embedded broker cannot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from connectors.embedded import EmbeddedError, RealKafka, free_port
from connectors.embedded.kafka_jars import install, pom

pytestmark = pytest.mark.slow

QUIET = {"log_level": 0}


def produce(bootstrap: str, topic: str, records: list[tuple[bytes, int]], **settings: object) -> Producer:
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 0, **settings, **QUIET})
    if "transactional.id" in settings:
        producer.init_transactions(20)
        producer.begin_transaction()
    for value, timestamp_ms in records:
        producer.produce(topic, value, partition=0, timestamp=timestamp_ms)
    assert producer.flush(20) == 0
    return producer


def reader(bootstrap: str) -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "reader",
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            "enable.auto.commit": False,
            **QUIET,
        }
    )


def values(bootstrap: str, topic: str) -> list[bytes]:
    consumer = reader(bootstrap)
    consumer.assign([TopicPartition(topic, 0, 0)])
    read = []
    while (message := consumer.poll(20)) is not None and message.error() is None:
        read.append(message.value())
    consumer.close()
    assert message is not None
    assert message.error().code() == KafkaError._PARTITION_EOF
    return read


def test_topics_are_as_created(real_kafka: RealKafka) -> None:
    """Partition count and topic settings are those asked for, and a second creation is refused."""
    real_kafka.create("as-created", 3, {"message.timestamp.type": "LogAppendTime"})
    client = AdminClient({"bootstrap.servers": real_kafka.bootstrap, **QUIET})
    assert len(client.list_topics("as-created", timeout=10).topics["as-created"].partitions) == 3
    with pytest.raises(EmbeddedError, match="already exists"):
        real_kafka.create("as-created", 3)


def test_topics_are_not_created_by_use(real_kafka: RealKafka) -> None:
    """A misspelt topic is an error, not a new topic."""
    client = AdminClient({"bootstrap.servers": real_kafka.bootstrap, **QUIET})
    error = client.list_topics("never-created", timeout=10).topics["never-created"].error
    assert error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART


def test_records_travel_in_order(real_kafka: RealKafka) -> None:
    """What is produced to a partition is read from it, in order."""
    real_kafka.create("in-order", 1)
    sent = [(b"%d" % number, 1_000 + number) for number in range(1_000)]
    produce(real_kafka.bootstrap, "in-order", sent)
    assert values(real_kafka.bootstrap, "in-order") == [value for value, _ in sent]


def test_aborted_records_stay_hidden(real_kafka: RealKafka) -> None:
    """A reader of committed records sees no aborted one."""
    real_kafka.create("transactions", 1)
    aborted = produce(real_kafka.bootstrap, "transactions", [(b"aborted", 1)], **{"transactional.id": "a"})
    aborted.abort_transaction(20)
    committed = produce(
        real_kafka.bootstrap, "transactions", [(b"committed", 2)], **{"transactional.id": "b"}
    )
    committed.commit_transaction(20)
    assert values(real_kafka.bootstrap, "transactions") == [b"committed"]


def test_offsets_are_found_by_time(real_kafka: RealKafka) -> None:
    """The first record at or after a time is found."""
    real_kafka.create("by-time", 1)
    produce(real_kafka.bootstrap, "by-time", [(b"a", 1_000), (b"b", 2_000), (b"c", 3_000)])
    consumer = reader(real_kafka.bootstrap)
    [found] = consumer.offsets_for_times([TopicPartition("by-time", 0, 1_500)], timeout=10)
    consumer.close()
    assert found.offset == 1


@pytest.mark.kafka
@pytest.mark.slow
def test_records_outlive_a_crash(kafka_jars: Path, tmp_path: Path) -> None:
    """After kill -9 the node comes back at the same address with the same log."""
    with RealKafka(tmp_path, jars=kafka_jars) as node:
        before = node.bootstrap, node.run_id
        node.create("kept", 1)
        produce(node.bootstrap, "kept", [(b"tick", 1_000)], acks="all")
        node.kill()
        node.start()
        assert (node.bootstrap, node.run_id) == before
        assert values(node.bootstrap, "kept") == [b"tick"]


@pytest.mark.kafka
def test_command_line_leaves_a_node_behind(kafka_jars: Path, tmp_path: Path) -> None:
    """``start`` returns while the node serves on, and ``stop`` ends it."""
    port = str(free_port())
    program = [sys.executable, "-m", "connectors.embedded.kafka"]
    where = ["--dir", str(tmp_path), "--port", port, "--jars", str(kafka_jars)]
    subprocess.run([*program, "start", *where], check=True)
    try:
        client = AdminClient({"bootstrap.servers": f"127.0.0.1:{port}", **QUIET})
        assert len(client.list_topics(timeout=10).brokers) == 1
    finally:
        subprocess.run([*program, "stop", *where], check=True)
    again = subprocess.run([*program, "stop", *where], check=False, capture_output=True, text=True)
    assert again.returncode == 1
    assert "no Kafka was started" in again.stderr


def test_missing_java_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without Java the error names the packages."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedError, match=r"there is none: install a JDK or JRE 17 and Maven"):
        install(tmp_path / "jars")


def test_old_java_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A Java before 17 is refused before Kafka fails on it."""
    _program(tmp_path / "java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedError, match="needs Java 17 or later"):
        install(tmp_path / "jars")


def test_failing_maven_leaves_no_half_of_the_jars(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """If Maven fails its words are quoted, and the folder is not there, so that the next try starts anew."""
    _program(tmp_path / "java", "echo 'openjdk version \"17.0.1\" 2021-10-19' >&2")
    _program(tmp_path / "mvn", "echo no such artifact; exit 1")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedError, match="no such artifact"):
        install(tmp_path / "cache" / "jars")
    assert list((tmp_path / "cache").iterdir()) == []


def test_pom_names_no_repository() -> None:
    """Where jars come from is Maven's settings, never ours."""
    assert "http" not in pom()
    assert "<artifactId>kafka_2.13</artifactId>" in pom()


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
