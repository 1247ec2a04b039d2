"""The sink of a shard: every record once, in order, whatever is in the log already; nothing in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from confluent_kafka import Message

from connectors.codecs.wire import Encoded, Place
from connectors.embedded import EmbeddedBroker
from connectors.kafka import sink as module
from connectors.kafka.clients import exact_producer
from connectors.kafka.errors import BrokerError
from connectors.kafka.messages import headers_of
from connectors.kafka.outlets import Outlet, Outlets
from connectors.kafka.sink import Published, ShardSink, ShardSinks
from models.desk.desk import Desk
from models.inputs import Cause
from models.judge.records import Emission, Shard
from models.market.ledger import Totals
from tests.kafka.partitions import hanging, records

pytestmark = pytest.mark.embedded

SHARD = Shard("ticks", 3, 1)
MSG_SIZE_TOO_LARGE = 10
_NUMBERS = count()


class Logs:
    """The output topics of an instance, with two partitions each."""

    def __init__(self, broker: EmbeddedBroker) -> None:
        self.broker = broker
        self.suffix = f"-{next(_NUMBERS)}"
        for topic in ("signals", "dlq"):
            broker.create(f"{topic}{self.suffix}", 2)

    def records(self, topic: str, partition: int = SHARD.number) -> list[Message]:
        """Return what stands there, in order."""
        return records(self.broker.bootstrap, f"{topic}{self.suffix}", partition)

    def values(self, topic: str, partition: int = SHARD.number) -> list[bytes | None]:
        """Return the values that stand there, in order."""
        return [one.value() for one in self.records(topic, partition)]


@pytest.fixture
def logs(broker: EmbeddedBroker) -> Logs:
    """Empty ones."""
    return Logs(broker)


class Delivered:
    """Hears of what is delivered and of what is suppressed."""

    def __init__(self) -> None:
        self.causes: list[Cause] = []
        self.suppressed: list[Encoded] = []

    def delivered(self, shard: Shard, emissions: list[Emission]) -> None:
        """Note the causes of delivered emissions."""
        self.causes += [emission.cause for emission in emissions]

    def repeated(self, shard: Shard, record: Encoded) -> None:
        """Note a suppressed record."""
        assert shard == SHARD
        self.suppressed.append(record)


@pytest.fixture
def heard() -> Delivered:
    """Nothing yet."""
    return Delivered()


@pytest.fixture(scope="module")
def shared(broker: EmbeddedBroker) -> Outlet:
    """An outlet that no test breaks."""
    return Outlets(broker.bootstrap).open(SHARD)


@pytest.fixture
def sink_of(logs: Logs, heard: Delivered, shared: Outlet) -> Iterator[Callable[..., ShardSink]]:
    """Make the sink of the shard over records that stand there already, by ordinal."""
    made: list[ShardSink] = []

    def make(outlet: Outlet | None = None, **last: int) -> ShardSink:
        places = {topic: Place(ordinal, 0, 0) for topic, ordinal in last.items()}
        made.append(ShardSink(SHARD, outlet or shared, places, logs.suffix, heard.delivered, heard.repeated))
        return made[-1]

    yield make
    for sink in made:
        sink.close()


def signal(ordinal: int) -> Encoded:
    """Return a record of the signals topic."""
    return Encoded("signals", b"A", b"signal %d" % ordinal, None, ordinal)


def emission(offset: int, *encoded: Encoded) -> Published:
    """Return what the input before tick ``offset`` releases."""
    return Emission([], Cause(offset, 1), Desk(), 0, Totals()), list(encoded)


def publish(sink: ShardSink, *items: Published) -> None:
    """Write a batch and take the snapshot behind it."""
    sink.write_batch([*items])
    sink.snapshot()


def test_records_are_published_on_the_shards_partition_in_order(
    sink_of: Callable[..., ShardSink], logs: Logs
) -> None:
    """Key, value and headers as they came, each topic under the instance's suffix."""
    rejected = Encoded("dlq", b"A", b"original", [("reason", "late"), ("ordinal", "0")], 0)
    sink = sink_of()
    publish(sink, emission(1, signal(0), rejected, signal(1)), emission(2, signal(2)))
    assert logs.values("signals") == [b"signal 0", b"signal 1", b"signal 2"]
    assert logs.values("signals", 0) == []
    (found,) = logs.records("dlq")
    assert (found.key(), found.value()) == (b"A", b"original")
    assert headers_of(found) == [("reason", b"late"), ("ordinal", b"0")]


def test_what_stands_in_the_log_is_suppressed_and_told(
    sink_of: Callable[..., ShardSink], logs: Logs, heard: Delivered
) -> None:
    """Up to the last ordinal of each topic; what follows is published, and all of it counts as delivered."""
    sink = sink_of(signals=1)
    publish(sink, emission(1, signal(0)), emission(2, signal(1)), emission(3, signal(2)))
    assert logs.values("signals") == [b"signal 2"]
    assert heard.suppressed == [signal(0), signal(1)]
    assert sink.suppressed == 2
    assert heard.causes == [Cause(1, 1), Cause(2, 1), Cause(3, 1)]


def test_each_topic_is_numbered_by_itself(sink_of: Callable[..., ShardSink], logs: Logs) -> None:
    """A topic on which nothing stands begins at 0."""
    rejected = [Encoded("dlq", b"A", b"%d" % n, [("ordinal", str(n))], n) for n in range(2)]
    sink = sink_of(signals=4)
    publish(sink, emission(1, rejected[0], signal(5), rejected[1]))
    assert logs.values("signals") == [b"signal 5"]
    assert logs.values("dlq") == [b"0", b"1"]


@pytest.mark.parametrize(("last", "ordinal"), [({"signals": 1}, 3), ({}, 1)])
def test_a_jump_is_refused(
    sink_of: Callable[..., ShardSink], logs: Logs, last: dict[str, int], ordinal: int
) -> None:
    """The log lost records, or these are another run's: going on would leave a hole for ever."""
    sink = sink_of(**last)
    with pytest.raises(BrokerError) as refused:
        sink.write_batch([emission(1, signal(ordinal))])
    assert str(refused.value) == (
        f"shard ticks/0003: signals would jump from ordinal {ordinal - 2} to {ordinal}; the topic lost "
        "records or belongs to another run: see levibot doctor"
    )
    sink.close()
    assert logs.values("signals") == []


def test_a_snapshot_waits_until_everything_is_in_the_log(
    sink_of: Callable[..., ShardSink], logs: Logs, heard: Delivered
) -> None:
    """Nothing counts as delivered before the broker has it, and no state is kept that is ahead of the log."""
    sink = sink_of()
    publish(sink, emission(1, signal(0)))
    with hanging(logs.broker):
        sink.write_batch([emission(2, signal(1))])
        assert heard.causes == [Cause(1, 1)]
    sink.snapshot()
    assert heard.causes == [Cause(1, 1), Cause(2, 1)]
    assert logs.values("signals") == [b"signal 0", b"signal 1"]


def test_a_snapshot_that_the_broker_leaves_waiting_ends_the_process(
    sink_of: Callable[..., ShardSink], logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the record is in the log only a new start can tell."""
    monkeypatch.setattr(module, "FLUSH_WITHIN_S", 0.05)
    sink = sink_of()
    with hanging(logs.broker):
        sink.write_batch([emission(1, signal(0))])
        with pytest.raises(
            BrokerError, match=r"did not acknowledge 1 records .* may be in the log: start again"
        ):
            sink.snapshot()


def test_a_record_that_is_not_delivered_ends_the_process(
    sink_of: Callable[..., ShardSink], logs: Logs, heard: Delivered
) -> None:
    """It is never produced again by the same process, and its emission never counts as delivered."""
    with hanging(logs.broker):
        client = exact_producer(logs.broker.bootstrap, linger_ms=0)
        sink = sink_of(Outlet(client))
        sink.write_batch([emission(1, signal(0))])
        client.purge()  # gives up what it cannot send yet
    with pytest.raises(BrokerError) as ended:
        sink.snapshot()
    assert str(ended.value) == (
        f"delivery failed: signals{logs.suffix}/1: Local: Purged in queue; it may be in the log: start again"
    )
    assert heard.causes == []


def test_a_producer_that_is_broken_ends_the_process(
    sink_of: Callable[..., ShardSink], logs: Logs, heard: Delivered
) -> None:
    """After a refusal that no retry can heal it would leave a gap: the client itself gives up."""
    sink = sink_of(Outlets(logs.broker.bootstrap).open(SHARD))
    logs.broker.errors("produce", [MSG_SIZE_TOO_LARGE])
    with pytest.raises(BrokerError, match=r"takes output records no more|delivery failed"):
        publish(sink, emission(1, signal(0)))
    assert heard.causes == []
    assert logs.values("signals") == []


def test_a_queue_that_stays_full_ends_the_process(
    sink_of: Callable[..., ShardSink], logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broker that takes nothing is noticed while writing, not at the next snapshot."""
    monkeypatch.setattr(module, "FULL_QUEUE_WITHIN_S", 0.05)
    outlet = Outlet(exact_producer(logs.broker.bootstrap, linger_ms=0, queue_buffering_max_messages="2"))
    sink = sink_of(outlet)
    with hanging(logs.broker), pytest.raises(BrokerError, match="its queue stayed full"):
        sink.write_batch([emission(1, *map(signal, range(3)))])


def test_a_batch_waits_while_much_is_under_way(
    sink_of: Callable[..., ShardSink], logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the flush before a snapshot is short; and a broker that takes nothing is noticed."""
    monkeypatch.setattr(module, "MOST_UNDER_WAY", 1)
    monkeypatch.setattr(module, "FULL_QUEUE_WITHIN_S", 20.0)
    sink = sink_of(outlet := Outlets(logs.broker.bootstrap).open(SHARD))
    sink.write_batch([emission(1, *map(signal, range(4)))])
    assert outlet.under_way() <= 1
    publish(sink, emission(2, signal(4)))
    monkeypatch.setattr(module, "FULL_QUEUE_WITHIN_S", 0.05)
    with hanging(logs.broker), pytest.raises(BrokerError, match="its queue stayed full"):
        sink.write_batch([emission(3, signal(5), signal(6))])


def test_the_sinks_of_an_instance_take_over_from_the_last_records(logs: Logs, heard: Delivered) -> None:
    """Each shard by itself; items find their sink by the place of their key among the sorted names."""
    shards = [Shard("ticks", 3, 1), Shard("more", 0, 0)]
    last = {shards[0]: {"signals": Place(6, 0, 0)}, shards[1]: {}}
    sinks = ShardSinks(
        shards, Outlets(logs.broker.bootstrap), last.__getitem__, logs.suffix, heard.delivered, heard.repeated
    )
    assert sinks.list_parts() == ["more/0000", "ticks/0003"]
    assert [sinks.part_fn(shard.key) for shard in shards] == [1, 0]
    sink = sinks.build_part("publish", SHARD.key, None)
    publish(sink, emission(1, signal(6), signal(7)))
    assert (sink.suppressed, logs.values("signals")) == (1, [b"signal 7"])
