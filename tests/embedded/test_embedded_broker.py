"""The embedded broker keeps its promises: pinned partitions, faults on demand, a clean end."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from connectors.embedded import EmbeddedBroker, EmbeddedError, librdkafka
from connectors.embedded.broker import parse_topics

pytestmark = pytest.mark.embedded

BrokerFactory = Callable[..., EmbeddedBroker]
REQUEST_TIMED_OUT = 7
MSG_SIZE_TOO_LARGE = 10
QUIET = {"log_level": 0}


def partition_counts(bootstrap: str, timeout_s: float = 10) -> dict[str, int]:
    client = AdminClient({"bootstrap.servers": bootstrap, **QUIET})
    return {
        name: len(topic.partitions) for name, topic in client.list_topics(timeout=timeout_s).topics.items()
    }


class Sent:
    """A producer of one record, with what became of it and how many requests it took."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self.error: KafkaError | None = None
        self.requests = 0
        producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "linger.ms": 0,
                "retry.backoff.ms": 10,
                "statistics.interval.ms": 10,
                "stats_cb": self._count,
                **QUIET,
            }
        )
        producer.produce(topic, b"tick", on_delivery=self._delivered)
        assert producer.flush(10) == 0
        self._counted = False
        while not self._counted:
            producer.poll(1)

    def _delivered(self, error: KafkaError | None, _: object) -> None:
        self.error = error

    def _count(self, statistics: str) -> None:
        brokers = json.loads(statistics)["brokers"].values()
        self.requests = sum(broker["req"].get("Produce", 0) for broker in brokers)
        self._counted = True


def values(bootstrap: str, topic: str) -> list[bytes]:
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "reader",
            "fetch.wait.max.ms": 20,
            "enable.partition.eof": True,
            **QUIET,
        }
    )
    consumer.assign([TopicPartition(topic, 0, 0)])
    read = []
    while (message := consumer.poll(10)) is not None and message.error() is None:
        read.append(message.value())
    consumer.close()
    assert message is not None
    assert message.error().code() == KafkaError._PARTITION_EOF
    return read


def test_topics_have_the_partitions_asked_for(embedded_broker: BrokerFactory) -> None:
    """Each topic is there before its first use, with its own partition count."""
    broker = embedded_broker({"ticks": 16, "control": 1})
    assert partition_counts(broker.bootstrap) == {"ticks": 16, "control": 1}


def test_a_topic_can_be_created_later(embedded_broker: BrokerFactory) -> None:
    """A running broker takes further topics; one that exists is refused and said so."""
    broker = embedded_broker({})
    broker.create("late", 3)
    assert partition_counts(broker.bootstrap) == {"late": 3}
    with pytest.raises(EmbeddedError, match="is it there already"):
        broker.create("late", 3)


def test_two_brokers_are_two_logs(embedded_broker: BrokerFactory) -> None:
    """Every broker process has a run id of its own, since its log dies with it."""
    first, second = embedded_broker({}), embedded_broker({})
    assert first.run_id != second.run_id
    assert re.fullmatch("[0-9a-f]{16}", first.run_id)


def test_retriable_errors_are_retried(embedded_broker: BrokerFactory) -> None:
    """Three refused produce requests are repeated, and the record arrives once."""
    broker = embedded_broker({"ticks": 1})
    broker.errors("produce", [REQUEST_TIMED_OUT] * 3)
    sent = Sent(broker.bootstrap, "ticks")
    assert (sent.error, sent.requests) == (None, 4)
    assert values(broker.bootstrap, "ticks") == [b"tick"]


def test_a_fatal_error_reaches_the_producer(embedded_broker: BrokerFactory) -> None:
    """A refusal that no retry can heal is reported, and nothing is written."""
    broker = embedded_broker({"ticks": 1})
    broker.errors("produce", [MSG_SIZE_TOO_LARGE])
    sent = Sent(broker.bootstrap, "ticks")
    assert sent.error is not None
    assert sent.error.code() == MSG_SIZE_TOO_LARGE
    assert values(broker.bootstrap, "ticks") == []


def test_unknown_request_type_is_refused(embedded_broker: BrokerFactory) -> None:
    """A misspelt fault is an error, not a test that silently tests nothing."""
    broker = embedded_broker({})
    with pytest.raises(EmbeddedError, match="unknown request type 'prodcue'"):
        broker.errors("prodcue", [REQUEST_TIMED_OUT])


def test_down_and_up_keep_the_records(embedded_broker: BrokerFactory) -> None:
    """While it is down nobody gets an answer; afterwards what was written is still there."""
    broker = embedded_broker({"ticks": 1})
    Sent(broker.bootstrap, "ticks")
    broker.down()
    with pytest.raises(KafkaException):
        partition_counts(broker.bootstrap, timeout_s=0.3)
    broker.up()
    assert values(broker.bootstrap, "ticks") == [b"tick"]


def test_paused_broker_answers_nothing(embedded_broker: BrokerFactory) -> None:
    """A stopped process keeps its port and hangs, until it is resumed."""
    broker = embedded_broker({"ticks": 2})
    broker.pause()
    with pytest.raises(KafkaException):
        partition_counts(broker.bootstrap, timeout_s=0.3)
    broker.resume()
    assert partition_counts(broker.bootstrap) == {"ticks": 2}


def test_round_trip_time_is_added(embedded_broker: BrokerFactory) -> None:
    """With a round trip of 200 ms no request is answered sooner."""
    broker = embedded_broker({"ticks": 1})
    broker.rtt(200)
    start = time.monotonic()
    assert partition_counts(broker.bootstrap) == {"ticks": 1}
    assert time.monotonic() - start >= 0.2


def test_command_line(tmp_path: Path) -> None:
    """The program announces itself on stdout and in the ready file, warns on stderr, and ends with 0."""
    ready_file = tmp_path / "broker.json"
    command = [sys.executable, "-m", "connectors.embedded.broker", "--topics", "ticks:4", "--run-id", "r1"]
    with subprocess.Popen(
        [*command, "--ready-file", str(ready_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        ready = json.loads(line)
        assert partition_counts(ready["bootstrap"]) == {"ticks": 4}
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=10)
    assert (ready["run_id"], ready["pid"]) == ("r1", process.pid)
    assert ready_file.read_text() == line
    assert "keeps 5 MiB a partition in memory" in told
    assert "puts nothing on disk" in told
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == [ready_file]


def test_run_dir_holds_address_and_log(embedded_broker: BrokerFactory, tmp_path: Path) -> None:
    """With a run directory others can find the broker."""
    broker = embedded_broker({}, tmp_path / "run")
    ready = json.loads((tmp_path / "run" / "broker.json").read_text())
    assert ready == {"bootstrap": broker.bootstrap, "run_id": broker.run_id, "pid": broker.pid}
    assert "5 MiB" in (tmp_path / "run" / "broker.log").read_text()


def test_stop_is_clean(embedded_broker: BrokerFactory) -> None:
    """The end on request is exit code 0, also for a paused broker."""
    broker = embedded_broker({})
    broker.pause()
    assert broker.stop() == 0


def test_failed_start_quotes_the_reason() -> None:
    """A broker that cannot be started says why, in its own last words."""
    with pytest.raises(
        EmbeddedError, match=r"exit code 1; .*\n(.*\n)*topic 'ticks': partitions must be 1\.\.1024"
    ):
        EmbeddedBroker({"ticks": 0})


def test_missing_symbol_names_the_version_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A librdkafka without the mock functions is refused with what to install."""
    monkeypatch.setitem(librdkafka.SYMBOLS, "rd_kafka_mock_of_the_future", ([], None))
    with pytest.raises(
        EmbeddedError, match=r"lacks rd_kafka_mock_of_the_future.*'confluent-kafka>=2\.16,<3'"
    ):
        librdkafka.load()


@pytest.mark.parametrize("text", ["ticks", "ticks:", ":4", "ticks:four"])
def test_bad_topic_lists_are_refused(text: str) -> None:
    """A topic without a name or a number is an error."""
    with pytest.raises(ValueError, match=r"name:partitions|invalid literal"):
        parse_topics(text)
