"""A process that stood still looks whether it was replaced before it goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connectors.embedded import EmbeddedBroker
from connectors.kafka import waking
from connectors.kafka.journal_log import JournalLog
from connectors.kafka.waking import GAP_S, Waking
from models.journal.entry import BEAT, OPEN, Entry
from models.journal.fold import JournalError
from models.journal.journal import Journal
from models.journal.position import Position
from models.judge.records import Shard
from tests.kafka.partitions import hanging

pytestmark = pytest.mark.embedded

SHARD = Shard("ticks", 0, 0)


class Clock:
    """Stands in for the module ``time``; it moves when a test says so."""

    CLOCK_BOOTTIME = 7

    def __init__(self) -> None:
        self.now = 100.0

    def clock_gettime(self, clock: int) -> float:
        """Return seconds on a clock that runs while the machine is suspended."""
        assert clock == self.CLOCK_BOOTTIME
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of this test."""
    found = Clock()
    monkeypatch.setattr(waking, "time", found)
    return found


@pytest.fixture
def log(broker: EmbeddedBroker, new_topic: Callable[..., str]) -> JournalLog:
    """A journal."""
    return JournalLog(broker.bootstrap, new_topic("journal"))


@pytest.fixture
def journal(log: JournalLog) -> Journal:
    """The journal's writing side in a process that has opened it."""
    return Journal(Position(), 1, log.append_now(SHARD, Entry(1, -1, 0, OPEN)), pending=[])


def replaced(log: JournalLog) -> None:
    """Let another process open the journal."""
    log.append_now(SHARD, Entry(2, -1, 0, OPEN))


def test_a_process_that_was_replaced_while_it_stood_still_does_not_go_on(
    clock: Clock, log: JournalLog, journal: Journal
) -> None:
    """It would publish until its own next entry showed it."""
    process = Waking(journal, log, SHARD)
    replaced(log)
    clock.now += 2 * GAP_S
    with pytest.raises(JournalError) as ended:
        process.check()
    assert str(ended.value) == (
        "this process was away for 2.0 s, and the journal of ticks/0000 ends at 2 instead of 1: "
        "another one took over"
    )


def test_a_process_that_is_still_the_last_writer_goes_on(
    clock: Clock, log: JournalLog, journal: Journal
) -> None:
    """What it wrote itself is no sign of another."""
    process = Waking(journal, log, SHARD)
    entry = journal.propose(BEAT, {"ts": 5})
    journal.acknowledge(entry.seq, log.append_now(SHARD, entry))
    clock.now += 2 * GAP_S
    process.check()


def test_without_a_gap_the_broker_is_not_asked(
    broker: EmbeddedBroker, clock: Clock, log: JournalLog, journal: Journal
) -> None:
    """The look costs a round trip; ordinary turns follow one another faster than it is needed."""
    process = Waking(journal, log, SHARD)
    with hanging(broker):
        for _ in range(10):
            clock.now += GAP_S
            process.check()


def test_every_gap_is_looked_into(clock: Clock, log: JournalLog, journal: Journal) -> None:
    """One that ended well is over; the next one may not."""
    process = Waking(journal, log, SHARD)
    clock.now += 2 * GAP_S
    process.check()
    replaced(log)
    process.check()
    clock.now += 2 * GAP_S
    with pytest.raises(JournalError, match=r"away for 2\.0 s"):
        process.check()
