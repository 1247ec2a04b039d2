"""Histories from a topic: one a partition, by offsets, from so many days before the newest record on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from connectors.embedded import EmbeddedBroker
from connectors.kafka.clients import producer
from connectors.kafka.errors import TopicsError
from connectors.tick_history import HistoryError, topic

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

DAY_MS = 86_400_000
NOW_MS = 1_700_000_000_000
TICK = b'{"symbol":"BTCUSDT","ts":1700000000000000000,"price":%d,"qty":1}'


@pytest.fixture(scope="module")
def broker() -> Iterator[EmbeddedBroker]:
    """A broker for this file."""
    with EmbeddedBroker({"empty": 2, "days": 3, "one": 1}) as started:
        yield started


def fill(broker: EmbeddedBroker, name: str, partition: int, times_ms: Sequence[int]) -> None:
    """Append a tick at each record timestamp."""
    sender = producer(broker.bootstrap, linger_ms=0)
    for i, ms in enumerate(times_ms):
        sender.produce(name, TICK % (i + 1), partition=partition, timestamp=ms)
    assert sender.flush(20) == 0


@pytest.fixture(scope="module")
def days(broker: EmbeddedBroker) -> Callable[[float | None], list[tuple[int, list[int]]]]:
    """A topic of three partitions: ten days hourly, one record nine days ago, nothing."""
    fill(broker, "days", 0, [NOW_MS - hour * DAY_MS // 24 for hour in reversed(range(240))])
    fill(broker, "days", 1, [NOW_MS - 9 * DAY_MS])

    def told(back: float | None) -> list[tuple[int, list[int]]]:
        histories = topic(broker.bootstrap, "days", back)
        return [
            (
                history.sources()[0]["partition"],
                [offset for batch in history.batches() for offset in batch.offsets.tolist()],
            )
            for history in histories
        ]

    return told


def test_all_that_is_kept(days: Callable[[float | None], list[tuple[int, list[int]]]]) -> None:
    """Without a number of days; a partition without a record is no history."""
    assert days(None) == [(0, [*range(240)]), (1, [0])]


def test_the_last_days(days: Callable[[float | None], list[tuple[int, list[int]]]]) -> None:
    """Counted from the newest record of the topic, the first of them included."""
    assert days(1) == [(0, [*range(215, 240)])]
    assert days(0.5) == [(0, [*range(227, 240)])]
    assert days(9) == [(0, [*range(23, 240)]), (1, [0])]


def test_a_partition_is_read_up_to_where_it_ended_when_asked_for(broker: EmbeddedBroker) -> None:
    """Its offsets say so, and records that come later do not count."""
    fill(broker, "one", 0, [NOW_MS + i for i in range(5_000)])
    [history] = topic(broker.bootstrap, "one")
    fill(broker, "one", 0, [NOW_MS + 5_000])

    batches = list(history.batches())

    assert [len(batch) for batch in batches] == [4_096, 904]
    assert batches[1].log_ts.tolist() == [(NOW_MS + i) * 1_000_000 for i in range(4_096, 5_000)]
    assert batches[0].decoded.ticks.price.tolist() == [float(i + 1) for i in range(4_096)]
    assert (history.total, history.share) == (5_000, 1.0)
    [source] = history.sources()
    assert source.pop("cluster_id")
    assert source == {"topic": "one", "partition": 0, "from_offset": 0, "to_offset": 5_000, "codec": "auto"}


def test_a_topic_without_records_is_an_error(broker: EmbeddedBroker) -> None:
    """There is nothing to read; the message tells how to change that."""
    with pytest.raises(HistoryError, match="topic empty has no records; feed it"):
        topic(broker.bootstrap, "empty", 7)


def test_a_missing_topic_is_an_error(broker: EmbeddedBroker) -> None:
    """The message names those that are there."""
    with pytest.raises(TopicsError, match="no topic tucks; there are: days, empty, one"):
        topic(broker.bootstrap, "tucks", 7)
