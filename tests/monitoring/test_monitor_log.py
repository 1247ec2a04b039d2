"""Records of the monitors off their topics: no more is read than what is wanted, and none is missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import orjson
import pytest

from connectors.embedded import EmbeddedBroker
from connectors.kafka import monitor_log
from connectors.kafka.clients import producer
from connectors.kafka.errors import TopicsError
from connectors.kafka.monitor_log import MonitorLogError, newest, since
from connectors.settings import Settings
from tests.monitoring.monitor_records import NS, START_S, Plain

pytestmark = pytest.mark.embedded

COUNT = 1_000


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    """A broker with a topic of two partitions, a record a second, the second a day behind; two others."""
    topics = {"calibration-x": 2, "empty-x": 1, "foreign-x": 1}
    with EmbeddedBroker(topics) as found:
        sender = producer(found.bootstrap, linger_ms=0)
        for partition in (0, 1):
            for place in range(COUNT):
                ts = (START_S - 86_400 * partition + place) * NS
                body = orjson.dumps({"ts": ts, "partition": partition, "n": place})
                sender.produce("calibration-x", body, partition=partition)
        sender.produce("foreign-x", b"[1]", partition=0)
        assert sender.flush(20) == 0
        yield found


def settings(broker: EmbeddedBroker) -> Settings:
    return Settings(_env_file=None, kafka_bootstrap=broker.bootstrap, topic_suffix="-x")


def places(records: Iterator[Plain]) -> list[tuple[int, int]]:
    return sorted((one["partition"], one["n"]) for one in records)


@pytest.mark.parametrize("seconds", [1, 100, 256, 300, COUNT, 10 * COUNT])
def test_the_end_of_each_partition_is_read(broker: EmbeddedBroker, seconds: int) -> None:
    """So many seconds before its own newest record, each record once; older chunks stay unread."""
    read: list[int] = []

    found = places(since(settings(broker), "calibration", seconds, read.append))

    assert found == [(p, n) for p in (0, 1) for n in range(max(0, COUNT - seconds), COUNT)]
    assert sum(read) == {1: 2 * 768, 100: 2 * 768, 256: 2 * 768}.get(seconds, 2 * COUNT)


def test_reading_goes_back_until_enough_was_found(broker: EmbeddedBroker) -> None:
    """Of the wanted ones: a tenth of them, so that ten times as many are read."""

    def tenth(body: Plain) -> bool:
        return body["n"] % 10 == 0

    read: list[int] = []
    found = places(newest(settings(broker), "calibration", 30, tenth, read.append))

    assert set(found) >= {(p, n) for p in (0, 1) for n in range(700, COUNT, 10)}
    assert all(n % 10 == 0 for _, n in found) and len(found) == len(set(found))
    assert sum(read) == 2 * 768


def test_small_and_growing_chunks_read_the_same(
    broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their borders are nowhere to be seen."""
    monkeypatch.setattr(monitor_log, "FIRST", 60)
    monkeypatch.setattr(monitor_log, "MOST", 150)

    found = places(since(settings(broker), "calibration", 333, lambda _: None))

    assert found == [(p, n) for p in (0, 1) for n in range(667, COUNT)]


def test_an_empty_topic_has_nothing(broker: EmbeddedBroker) -> None:
    """And is no error; one that is not there is."""
    told: Callable[[int], None] = lambda _: None  # noqa: E731
    assert list(since(settings(broker), "empty", 10, told)) == []
    assert list(newest(settings(broker), "empty", 10, bool, told)) == []
    with pytest.raises(TopicsError, match="no topic drift-x; create it with: levibot topics create"):
        list(since(settings(broker), "drift", 10, told))


def test_a_record_of_somebody_else_is_an_error(broker: EmbeddedBroker) -> None:
    """It says where it is."""
    with pytest.raises(
        MonitorLogError, match="foreign-x/0: the record at offset 0 is none of this product's"
    ):
        list(since(settings(broker), "foreign", 10, lambda _: None))
