"""Bounded reads: a range to its end, and the last record of each partition, where anything is left of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from confluent_kafka import Consumer

from connectors.embedded import EmbeddedBroker
from connectors.kafka import reading
from connectors.kafka.clients import reader
from connectors.kafka.errors import BrokerError
from connectors.kafka.messages import offset_of
from connectors.kafka.reading import ends, read_range, tails
from tests.kafka.partitions import fill, hanging, values

pytestmark = pytest.mark.embedded

TEN = [b"%d" % n for n in range(10)]
KEPT = 5 * 1024 * 1024
"""What the embedded broker keeps of a partition, in bytes."""


@pytest.fixture
def client(broker: EmbeddedBroker) -> Iterator[Consumer]:
    """A client for bounded reads."""
    with closing(reader(broker.bootstrap)) as found:
        yield found


def test_a_range_is_read_from_its_start_to_its_end(
    broker: EmbeddedBroker, client: Consumer, new_topic: Callable[..., str]
) -> None:
    """Each offset once and in order, however many records lie behind it."""
    topic = new_topic()
    fill(broker.bootstrap, topic, TEN)
    assert ends(client, topic, 0) == (0, 10)
    for start, end in ((0, 10), (0, 1), (9, 10), (3, 7)):
        found = list(read_range(client, topic, 0, start, end))
        assert [offset_of(one) for one in found] == [*range(start, end)]
        assert [one.value() for one in found] == TEN[start:end]


def test_an_empty_range_asks_nobody(client: Consumer) -> None:
    """A partition to which nothing was ever written has nothing to wait for."""
    assert list(read_range(client, "nowhere", 0, 0, 0)) == []
    assert list(read_range(client, "nowhere", 0, 7, 7)) == []


def test_a_range_that_is_gone_is_an_error(
    broker: EmbeddedBroker, client: Consumer, new_topic: Callable[..., str]
) -> None:
    """It is not read from where the records begin now."""
    topic = new_topic()
    overfill(broker, topic)
    low, end = ends(client, topic, 0)
    assert 0 < low < end
    with pytest.raises(BrokerError, match=f"reading {topic}/0: _AUTO_OFFSET_RESET"):
        list(read_range(client, topic, 0, low - 1, end))


def overfill(broker: EmbeddedBroker, topic: str) -> None:
    """Write more than is kept, so that the first records are gone."""
    large = [os.urandom(500_000) for _ in range(KEPT // 500_000 + 3)]
    fill(broker.bootstrap, topic, large, batch_num_messages=1)


def test_a_range_that_does_not_come_is_given_up(
    broker: EmbeddedBroker, client: Consumer, new_topic: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broker that hangs does not hang the process for ever."""
    topic = new_topic()
    fill(broker.bootstrap, topic, TEN)
    monkeypatch.setattr(reading, "PATIENCE_S", 0.2)
    given_up = pytest.raises(BrokerError, match=f"reading {topic}/0 up to 10: nothing came for")
    with hanging(broker), given_up:
        list(read_range(client, topic, 0, 0, 10))


def test_the_last_record_of_each_topic_is_found(
    broker: EmbeddedBroker, new_topic: Callable[..., str]
) -> None:
    """With the offset behind it; a topic to which nothing was published is not named."""
    one, many, empty = (new_topic() for _ in range(3))
    fill(broker.bootstrap, one, [b"alone"])
    fill(broker.bootstrap, many, TEN)
    found = tails(broker.bootstrap, [one, many, empty], 0)
    told = {topic: (tail.last and tail.last.value(), tail.end) for topic, tail in found.items()}
    assert told == {one: (b"alone", 1), many: (b"9", 10)}


def test_the_last_record_is_found_where_the_first_are_gone(
    broker: EmbeddedBroker, new_topic: Callable[..., str]
) -> None:
    """Retention moves the beginning of a partition, not its end."""
    topic = new_topic()
    overfill(broker, topic)
    (tail,) = tails(broker.bootstrap, [topic], 0).values()
    assert tail.last is not None
    assert offset_of(tail.last) == tail.end - 1
    assert tail.end > len(values(broker.bootstrap, topic)) > 0


def test_each_partition_has_a_last_record_of_its_own(
    broker: EmbeddedBroker, new_topic: Callable[..., str]
) -> None:
    """Another shard's records are none of this one's."""
    topic = new_topic(partitions=2)
    fill(broker.bootstrap, topic, TEN)
    assert tails(broker.bootstrap, [topic], 1) == {}
    assert tails(broker.bootstrap, [topic], 0)[topic].end == 10


def test_last_records_that_do_not_come_are_given_up(
    broker: EmbeddedBroker, client: Consumer, new_topic: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the topics."""
    topic = new_topic()
    fill(broker.bootstrap, topic, TEN)
    monkeypatch.setattr(reading, "PATIENCE_S", 0.2)
    given_up = pytest.raises(BrokerError, match=rf"the last record of {topic} \(partition 0\) did not come")
    with hanging(broker), given_up:
        reading._last_behind(client, {topic: 9}, 0)
