"""Output transactions on a real Kafka: readers pass over what was aborted; a successor shuts others out."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from contextlib import closing

import pytest
from confluent_kafka import TopicPartition

from connectors.embedded import RealKafka
from connectors.kafka.clients import admin, exact_producer, reader
from connectors.kafka.errors import BrokerError
from connectors.kafka.messages import offset_of
from connectors.kafka.outlets import Outlet, Outlets
from connectors.kafka.reading import ends, read_range, tails
from connectors.kafka.settling import settle
from models.judge.records import Shard
from tests.flows.running import until
from tests.kafka.partitions import fill, records, values

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]


def see(real_kafka: RealKafka, topic: str, wanted: list[bytes]) -> None:
    """Wait until readers see just these: a commit is answered before its markers are in the partitions."""
    until(lambda: values(real_kafka.bootstrap, topic) == wanted, f"{wanted} to be seen")


SHARD = Shard("ticks", 0, 0)
_NUMBERS = itertools.count()


@pytest.fixture
def topic(real_kafka: RealKafka) -> str:
    """An empty topic."""
    name = f"outputs-{next(_NUMBERS)}"
    real_kafka.create(name, 1)
    return name


@pytest.fixture
def opened(real_kafka: RealKafka) -> Callable[[], Outlet]:
    """Open the transactions of the shard, as a process that takes it over does."""
    prefix = f"instance-{next(_NUMBERS)}"
    return lambda: Outlets(real_kafka.bootstrap, prefix).open(SHARD)


def sent(outlet: Outlet, topic: str, values: Iterable[bytes]) -> None:
    """Send records without committing them, and wait until the broker has them."""
    for value in values:
        outlet.send(topic, 0, value=value)
    assert outlet.flush(20) == 0


def aborted(bootstrap: str, topic: str, values: Iterable[bytes]) -> None:
    """Write records that no reader may see."""
    sender = exact_producer(bootstrap, linger_ms=0, transactional_id="aborting")
    sender.init_transactions(20)
    sender.begin_transaction()
    for value in values:
        sender.produce(topic, value, partition=0)
    assert sender.flush(20) == 0
    sender.abort_transaction(20)


def test_a_batch_is_seen_once_it_is_committed(
    real_kafka: RealKafka, topic: str, opened: Callable[[], Outlet]
) -> None:
    """Before, none of it; the next batch is a transaction of its own."""
    outlet = opened()
    sent(outlet, topic, [b"a", b"b"])
    assert values(real_kafka.bootstrap, topic) == []
    outlet.commit()
    sent(outlet, topic, [b"c"])
    see(real_kafka, topic, [b"a", b"b"])
    outlet.commit()
    see(real_kafka, topic, [b"a", b"b", b"c"])


@pytest.mark.parametrize("count", [1, 40])
def test_the_last_committed_record_is_found_behind_what_was_aborted(
    real_kafka: RealKafka, topic: str, opened: Callable[[], Outlet], count: int
) -> None:
    """Markers and aborted records end the partition, and are looked past, however many they are."""
    outlet = opened()
    sent(outlet, topic, [b"a", b"b"])
    outlet.commit()
    aborted(real_kafka.bootstrap, topic, [b"never"] * count)
    # records, marker, aborted records, marker: which the broker writes after it has said yes
    end = 2 + 1 + count + 1
    tail = until(lambda: (t := tails(real_kafka.bootstrap, [topic], 0)[topic]).end == end and t, "the marker")
    assert (tail.last.value(), offset_of(tail.last)) == (b"b", 1)
    found = records(real_kafka.bootstrap, topic)
    assert [(offset_of(one), one.value()) for one in found] == [(0, b"a"), (1, b"b")]


def test_a_range_that_ends_in_the_middle_of_transactions_is_read_to_its_end(
    real_kafka: RealKafka, topic: str, opened: Callable[[], Outlet]
) -> None:
    """Offsets that are no records are none that could be waited for."""
    outlet = opened()
    for value in (b"a", b"b", b"c"):
        sent(outlet, topic, [value])
        outlet.commit()  # at 0, 2 and 4, each with a marker behind it
    with closing(reader(real_kafka.bootstrap)) as client:
        assert ends(client, topic, 0) == (0, 6)
        for end, expected in ((1, [b"a"]), (2, [b"a"]), (3, [b"a", b"b"]), (6, [b"a", b"b", b"c"])):
            assert [one.value() for one in read_range(client, topic, 0, 0, end)] == expected


def test_a_partition_with_nothing_but_aborted_records_was_never_published_to(
    real_kafka: RealKafka, topic: str
) -> None:
    """Its first record is still to come."""
    aborted(real_kafka.bootstrap, topic, [b"never"] * 3)
    assert tails(real_kafka.bootstrap, [topic], 0) == {}
    assert values(real_kafka.bootstrap, topic) == []


def test_a_partition_whose_records_are_all_gone_still_has_its_end(real_kafka: RealKafka, topic: str) -> None:
    """Without transactions it tells how many there were."""
    fill(real_kafka.bootstrap, topic, [b"a", b"b", b"c"])
    client = admin(real_kafka.bootstrap)
    client.delete_records([where := TopicPartition(topic, 0, 3)])[where].result(20)
    assert tails(real_kafka.bootstrap, [topic], 0) == {topic: (None, 3)}


def test_who_opens_a_shard_shuts_out_who_had_it_before(
    real_kafka: RealKafka, topic: str, opened: Callable[[], Outlet]
) -> None:
    """What the other had sent and not committed is never seen, and its commit fails."""
    hung = opened()
    sent(hung, topic, [b"a"])
    hung.commit()
    sent(hung, topic, [b"too late"])
    successor = opened()
    assert tails(real_kafka.bootstrap, [topic], 0)[topic].last.value() == b"a"  # type: ignore[union-attr]
    with pytest.raises(BrokerError, match="if another process took this shard over, that one goes on"):
        hung.commit()
    sent(successor, topic, [b"b"])
    successor.commit()
    see(real_kafka, topic, [b"a", b"b"])


def test_a_shut_out_process_cannot_begin_again(
    real_kafka: RealKafka, topic: str, opened: Callable[[], Outlet]
) -> None:
    """Also one that had nothing under way when it was replaced."""
    hung = opened()
    sent(hung, topic, [b"a"])
    hung.commit()
    opened()
    hung.send(topic, 0, value=b"too late")
    with pytest.raises(BrokerError, match="that one goes on"):
        hung.commit()
    see(real_kafka, topic, [b"a"])


def test_what_a_dead_process_had_sent_is_there_once_its_partitions_settled(
    real_kafka: RealKafka, topic: str
) -> None:
    """Written without transactions, it counts, and the ends that are found then are the ends."""
    fill(real_kafka.bootstrap, topic, [b"%d" % n for n in range(100)])
    settle(real_kafka.bootstrap, [topic], [0])
    assert tails(real_kafka.bootstrap, [topic], 0)[topic].end == 100
