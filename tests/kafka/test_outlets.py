"""Where output records go: one producer for all shards, or with transactions one for each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connectors.embedded import EmbeddedBroker
from connectors.kafka.outlets import Outlet, Outlets, TransactionalOutlet
from models.judge.records import Shard
from tests.kafka.partitions import values

pytestmark = pytest.mark.embedded

SHARDS = [Shard("ticks", number, number) for number in range(2)]


def test_without_transactions_all_shards_share_one_outlet(
    broker: EmbeddedBroker, new_topic: Callable[..., str]
) -> None:
    """One queue and one connection a process; a commit has nothing to do, and every record goes at once."""
    topic = new_topic(partitions=2)
    outlets = Outlets(broker.bootstrap)
    first, second = map(outlets.open, SHARDS)
    assert first is second is outlets.open(SHARDS[0])
    assert type(first) is Outlet
    first.send(topic, 0, value=b"a")
    second.send(topic, 1, value=b"b")
    assert first.flush(20) == 0
    first.commit()
    assert [values(broker.bootstrap, topic, number) for number in (0, 1)] == [[b"a"], [b"b"]]


def test_with_transactions_each_shard_has_an_outlet_of_its_own(broker: EmbeddedBroker) -> None:
    """Opened once, since a second opening shuts out the first."""
    outlets = Outlets(broker.bootstrap, "levibot")
    first, second = map(outlets.open, SHARDS)
    assert first is not second
    assert isinstance(first, TransactionalOutlet)
    assert outlets.open(SHARDS[0]) is first
    first.commit()


def test_delivery_reports_arrive_while_the_outlet_is_looked_at(
    broker: EmbeddedBroker, new_topic: Callable[..., str]
) -> None:
    """Whoever sends without looking hears nothing."""
    reports: list[object] = []
    outlet, topic = Outlets(broker.bootstrap).open(SHARDS[0]), new_topic()
    outlet.send(topic, 0, value=b"a", on_delivery=lambda error, _: reports.append(error))
    assert reports == []
    while not reports:
        outlet.poll(0.05)
    assert reports == [None]
