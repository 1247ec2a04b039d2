"""Before a shard takes over without transactions, what a dead process had under way has come to rest."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from connectors.embedded import EmbeddedBroker
from connectors.kafka import settling
from connectors.kafka.settling import STABLE_S, settle
from connectors.recovery.folder import RecoveryFolder
from connectors.settings import Settings
from flows import signals_process
from models.judge.records import Shard
from tests.kafka.partitions import fill, values

pytestmark = pytest.mark.embedded


class Looking(AdminClient):
    """The client that looks, and the clock by which it does; while it waits, late records arrive."""

    def __init__(self, bootstrap: str, topic: str, arrivals: set[int]) -> None:
        super().__init__({"bootstrap.servers": bootstrap})
        self.now = self.arrived_at = 100.0
        self.looks = 0
        self._bootstrap, self._topic, self._arrivals = bootstrap, topic, arrivals

    def monotonic(self) -> float:
        """Return the present time in seconds."""
        return self.now

    def poll(self, timeout: float) -> int:
        """Let time pass, and a record arrive if it is the time for one."""
        self.now += timeout
        self.looks += 1
        if self.looks in self._arrivals:
            fill(self._bootstrap, self._topic, [b"late"])
            self.arrived_at = self.now
        return 0


class Electing(Looking):
    """At first the broker has no leader for the topics."""

    def list_offsets(self, wanted: Any, **more: Any) -> Any:
        """Fail until the third look."""
        if self.looks >= 2:
            return super().list_offsets(wanted, **more)
        failed: Future[Any] = Future()
        failed.set_exception(KafkaException(KafkaError(KafkaError.NOT_LEADER_FOR_PARTITION)))
        self.arrived_at = self.now
        return dict.fromkeys(wanted, failed)


def test_topics_without_a_leader_yet_are_asked_for_again(
    broker: EmbeddedBroker, new_topic: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest is counted from the first answer; a topic that was just made is no reason to end."""
    topic = new_topic()
    electing = Electing(broker.bootstrap, topic, set())
    monkeypatch.setattr(settling, "time", electing)
    monkeypatch.setattr(settling, "admin", lambda _: electing)
    settle(broker.bootstrap, [topic], [0])
    assert electing.now - electing.arrived_at >= STABLE_S


@pytest.mark.parametrize("arrivals", [set(), {1, 2, 3}, {5, 10, 15}], ids=["none", "at once", "with pauses"])
def test_it_waits_until_nothing_arrives_any_more(
    broker: EmbeddedBroker,
    new_topic: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    arrivals: set[int],
) -> None:
    """On any of the topics; the time without an arrival is counted from the last one."""
    quiet, busy = new_topic(), new_topic()
    looking = Looking(broker.bootstrap, busy, arrivals)
    monkeypatch.setattr(settling, "time", looking)
    monkeypatch.setattr(settling, "admin", lambda _: looking)
    settle(broker.bootstrap, [quiet, busy], [0])
    assert looking.now - looking.arrived_at >= STABLE_S
    assert values(broker.bootstrap, busy) == [b"late"] * len(arrivals)


@pytest.mark.parametrize(
    ("unclean", "transactions", "settled"),
    [(True, False, [("signals-x", 2)]), (False, False, []), (True, True, [])],
    ids=["killed", "stopped", "with transactions"],
)
def test_a_process_waits_for_it_where_the_one_before_died_and_nothing_shuts_it_out(
    monkeypatch: pytest.MonkeyPatch, unclean: bool, transactions: bool, settled: list[tuple[str, int]]
) -> None:
    """On the output topics and partitions of its own shards."""
    found: list[tuple[str, int]] = []
    monkeypatch.setattr(
        signals_process, "settle", lambda _, topics, numbers: found.extend(product(topics[:1], numbers))
    )
    config = Settings(_env_file=None, topic_suffix="-x", output_transactions=transactions)  # type: ignore[call-arg]
    signals_process._outlets(config, [Shard("ticks", 7, 2)], RecoveryFolder(Path(), unclean))
    assert found == settled
