"""The journal topic: entries acknowledged in order, and a fence that shuts out every process before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from confluent_kafka import Consumer

from connectors.embedded import EmbeddedBroker
from connectors.kafka import journal_log
from connectors.kafka.clients import consumer
from connectors.kafka.errors import BrokerError
from connectors.kafka.journal_log import JournalLog, fence
from models.journal.entry import BEAT, GENESIS, OPEN, Entry
from models.journal.fold import Fold, JournalError
from models.journal.position import Position
from models.judge.records import Shard
from tests.kafka.partitions import hanging

pytestmark = pytest.mark.embedded

SHARD = Shard("ticks", 0, 0)


@pytest.fixture
def log(broker: EmbeddedBroker, new_topic: Callable[..., str]) -> JournalLog:
    """An empty journal."""
    return JournalLog(broker.bootstrap, new_topic("journal"))


@pytest.fixture
def client(broker: EmbeddedBroker) -> Iterator[Consumer]:
    """The client with which a starting process reads."""
    with closing(consumer(broker.bootstrap)) as found:
        yield found


def beat(gen: int, seq: int) -> Entry:
    """Return an entry."""
    return Entry(gen, seq, 10, BEAT, {"ts": 5})


def test_acknowledgements_tell_the_offsets_in_order(log: JournalLog) -> None:
    """From inside ``poll``, each to whom it belongs."""
    told: list[tuple[int, int]] = []
    for seq in range(5):
        log.append(SHARD, beat(1, seq), lambda offset, seq=seq: told.append((seq, offset)))  # type: ignore[misc]
    while len(told) < 5:
        log.poll()
    assert told == [(seq, seq) for seq in range(5)]
    assert log.end(SHARD) == 5


def test_an_entry_that_is_not_acknowledged_ends_the_process(
    broker: EmbeddedBroker, new_topic: Callable[..., str]
) -> None:
    """It may be in the log all the same: it is never sent again."""
    told: list[int] = []
    topic = new_topic("journal")
    with hanging(broker):
        log = JournalLog(broker.bootstrap, topic)
        log.append(SHARD, beat(1, 0), told.append)
        log._producer.purge()  # gives up what it cannot send yet
    with pytest.raises(BrokerError, match="journal entry 0 of ticks/0000: Local: Purged in queue"):
        log.poll()
    assert told == []


def test_an_acknowledgement_is_not_waited_for_for_ever(
    broker: EmbeddedBroker, log: JournalLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start at a broker that hangs ends."""
    monkeypatch.setattr(journal_log, "PATIENCE_S", 0.2)
    with hanging(broker), pytest.raises(BrokerError, match="did not acknowledge an entry"):
        log.append_now(SHARD, beat(1, 0))


def test_the_first_process_opens_an_empty_journal_as_generation_1(log: JournalLog, client: Consumer) -> None:
    """There is nothing before it."""
    assert fence(log, client, SHARD, Position()) == (1, 0, 0, [])


def test_a_process_opens_above_every_generation_before(log: JournalLog, client: Consumer) -> None:
    """What was acknowledged is read; what a dead process sends behind the opening is void for all readers."""
    first = fence(log, client, SHARD, Position())
    log.append_now(SHARD, Entry(first.gen, 0, 0, GENESIS))
    log.append_now(SHARD, beat(first.gen, 1))
    second = fence(log, client, SHARD, Position())
    late, own = beat(first.gen, 2), beat(second.gen, 2)
    log.append_now(SHARD, late)
    log.append_now(SHARD, own)
    assert (second.gen, second.offset) == (first.gen + 1, 3)
    third = fence(log, client, SHARD, Position())
    fold = Fold()
    counted = [entry.seq for _, entry in third.entries if fold.take(entry)]
    assert counted == [0, 1, 2]
    assert [entry for _, entry in third.entries if entry.seq == 2] == [late, own]
    assert third.gen == second.gen + 1


def test_only_what_lies_behind_the_position_is_read(log: JournalLog, client: Consumer) -> None:
    """The generation of the snapshot still counts, where nothing newer is there."""
    for seq in range(3):
        log.append_now(SHARD, beat(6, seq))
    fenced = fence(log, client, SHARD, Position(t=10, q=2, j=2, g=6))
    assert [(offset, entry.seq) for offset, entry in fenced.entries if entry.kind == BEAT] == [(2, 2)]
    empty = fence(log, client, SHARD, Position(t=10, q=3, j=log.end(SHARD), g=6))
    assert (fenced.gen, empty.gen) == (7, 7)


def test_an_entry_that_arrives_just_before_the_opening_is_read_too(
    log: JournalLog, client: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was in the log first, so it counts."""
    log.append_now(SHARD, beat(1, 0))
    meanwhile(monkeypatch, log, beat(1, 1))
    fenced = fence(log, client, SHARD, Position())
    assert [(offset, entry.seq) for offset, entry in fenced.entries if entry.kind == BEAT] == [(0, 0), (1, 1)]
    assert fenced.offset == 2


@pytest.mark.parametrize("gen", [2, 3])
def test_of_two_that_open_at_the_same_moment_one_ends(
    log: JournalLog, client: Consumer, monkeypatch: pytest.MonkeyPatch, gen: int
) -> None:
    """The second in the log sees the first's opening, which is none that it knew of."""
    log.append_now(SHARD, beat(1, 0))
    meanwhile(monkeypatch, log, Entry(gen, -1, 0, OPEN, {"nonce": "of another"}))
    with pytest.raises(JournalError, match="another process opened shard ticks/0000 at the same moment"):
        fence(log, client, SHARD, Position())


def meanwhile(monkeypatch: pytest.MonkeyPatch, log: JournalLog, entry: Entry) -> None:
    """Let another process append an entry between the first read of the journal and the opening."""
    other = JournalLog(log._bootstrap, log.topic)
    moments = {"open.fencing": lambda: other.append_now(SHARD, replace(entry))}
    monkeypatch.setattr(journal_log, "reach", lambda point: moments.pop(point, lambda: 0)())
