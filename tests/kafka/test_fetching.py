"""Tick records as columns: in order, none twice, none beyond the limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from confluent_kafka import Consumer, TopicPartition

from connectors.embedded import EmbeddedBroker
from connectors.kafka.clients import consumer, producer
from connectors.kafka.errors import BrokerError
from connectors.kafka.fetching import CHUNK, Fetched, Records

pytestmark = pytest.mark.embedded

COUNT = 2 * CHUNK + 100


@pytest.fixture
def client(embedded_broker: Callable[..., EmbeddedBroker]) -> Iterator[Consumer]:
    """A consumer at the beginning of a partition with a few chunks of records, one of them a tombstone."""
    broker = embedded_broker({"ticks": 1})
    sender = producer(broker.bootstrap)
    for n in range(COUNT):
        sender.produce("ticks", b"%d" % n if n != 7 else None, partition=0, timestamp=1_000 + n)
    sender.flush()
    found = consumer(broker.bootstrap)
    found.assign([TopicPartition("ticks", 0, 0)])
    yield found
    found.close()


def taken(fetched: Fetched, count: int, size: int, limit: int | None = None) -> Records:
    """Take until there are so many records; reading never waits, so a take may be empty."""
    whole = Records([], [], [])
    while len(whole.values) < count:
        for column, more in zip(whole, fetched.take(size, limit), strict=True):
            column.extend(more)  # type: ignore[arg-type]
    return whole


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK + 1, 10 * COUNT])
def test_every_record_is_taken_once_in_order_whatever_the_size(client: Consumer, size: int) -> None:
    """Offsets, times and values stay side by side, also over chunks."""
    offsets, ms, values = taken(Fetched(client, "ticks/0"), COUNT, size)
    assert offsets == list(range(COUNT))
    assert ms == [1_000 + n for n in range(COUNT)]
    assert values == [b"%d" % n if n != 7 else None for n in range(COUNT)]


def test_records_behind_the_limit_wait(client: Consumer) -> None:
    """They were read, count as such, and come next."""
    fetched = Fetched(client, "ticks/0")
    assert taken(fetched, 30, COUNT, limit=30).offsets == list(range(30))
    assert len(fetched) > 0
    assert fetched.take(COUNT, 30) == ([], [], [])
    assert taken(fetched, 1, COUNT).offsets[0] == 30


def test_an_offset_that_is_gone_is_an_error(client: Consumer) -> None:
    """The client's report ends the reading; nothing is skipped in silence."""
    client.assign([TopicPartition("ticks", 0, 10 * COUNT)])
    fetched = Fetched(client, "ticks/0")
    with pytest.raises(BrokerError, match="reading ticks/0: _AUTO_OFFSET_RESET"):
        taken(fetched, 1, 10)
