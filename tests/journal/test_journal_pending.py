"""What earlier processes left pending, and the barrier before anything new."""

from __future__ import annotations

import pytest

from models.journal.entry import BEAT, COMMAND, GENESIS, Entry
from models.journal.fold import JournalError
from models.journal.journal import Journal
from models.journal.position import Position


def resumed(*afters: int, t: int = 10, barrier: int = 0) -> Journal:
    """Return a journal with entries of generation 1 pending at these ticks, from offset 30 on."""
    pending = [(30 + i, Entry(1, 2 + i, after, COMMAND, ctl_offset=7 + i)) for i, after in enumerate(afters)]
    return Journal(Position(t=t, c=7, q=2, j=3, g=1), 3, 99, pending=pending, barrier=barrier)


def test_ticks_may_be_taken_up_to_the_next_pending_entry() -> None:
    """The limit is a tick offset; none where nothing is pending."""
    assert resumed(12, 15).limit() == 12
    assert resumed(10).limit() == 10
    assert resumed().limit() is None


def test_pending_entries_are_re_injected_at_their_places_and_nowhere_else() -> None:
    """Several at one place come together; the position moves behind each, under its own generation."""
    journal = resumed(10, 12, 12)
    assert [e.seq for e in journal.reinjected()] == [2]
    assert journal.position == Position(t=10, c=8, q=3, j=31, g=1)
    assert journal.reinjected() == []
    journal.position.t = 11
    assert journal.reinjected() == []
    assert journal.replaying
    journal.position.t = 12
    assert [e.seq for e in journal.reinjected()] == [3, 4]
    assert journal.position == Position(t=12, c=10, q=5, j=33, g=1)
    assert not journal.replaying


def test_nothing_new_is_proposed_in_front_of_pending_entries() -> None:
    """Neither commands nor beats, until the last is re-injected; then they follow its number."""
    journal = resumed(10, 11)
    for t in (10, 11):
        assert not journal.live
        with pytest.raises(AssertionError, match="in front of pending entries"):
            journal.propose(BEAT, {"ts": 5})
        journal.position.t = t
        journal.reinjected()
    assert journal.live
    assert journal.propose(BEAT, {"ts": 5}) == Entry(3, 4, 11, BEAT, {"ts": 5})


def test_a_pending_entry_before_the_position_is_refused() -> None:
    """The snapshot has passed its place without it: another journal, or a broken one."""
    with pytest.raises(JournalError) as refused:
        resumed(9, t=10)
    assert str(refused.value) == (
        "journal entry 2 lies before tick 9, but the shard already stands at 10; this snapshot is not of "
        "this journal: levibot recover"
    )


def test_the_first_pending_entry_can_be_looked_at() -> None:
    """Without moving."""
    journal = resumed(12, 15)
    first = journal.first_pending
    assert first is not None
    assert (first.seq, first.after) == (2, 12)
    assert journal.position.q == 2
    assert resumed().first_pending is None


def test_a_genesis_puts_the_shard_at_its_first_tick() -> None:
    """A shard without a snapshot begins where its history began, not at tick 0."""
    genesis, kill = Entry(1, 0, 500, GENESIS), Entry(1, 1, 500, COMMAND, ctl_offset=3)
    journal = Journal(Position(), 2, 9, pending=[(1, genesis), (2, kill)])
    assert journal.reinjected() == [genesis, kill]
    assert journal.position == Position(t=500, c=4, q=2, j=3, g=1)


def test_nothing_new_is_proposed_before_the_barrier() -> None:
    """Behind ticks whose outputs are published, an entry would change what is published already."""
    journal = resumed(t=10, barrier=12)
    for t in (10, 11):
        journal.position.t = t
        assert not journal.live
        assert journal.limit() == 12
        with pytest.raises(AssertionError, match="before the barrier"):
            journal.propose(COMMAND, {}, 7)
    journal.position.t = 12
    assert journal.live
    assert journal.limit() is None
    assert journal.propose(COMMAND, {}, 7).after == 12


def test_the_shard_stops_at_the_barrier_so_that_waiting_commands_come_before_the_first_new_tick() -> None:
    """At pending entries first, at the barrier next, then nowhere."""
    journal = resumed(11, t=10, barrier=13)
    limits = []
    for t in (10, 11, 12, 13, 14):
        journal.position.t = t
        journal.reinjected()
        limits.append(journal.limit())
    assert limits == [11, 13, 13, None, None]


def test_pending_entries_may_lie_behind_the_barrier() -> None:
    """Entries that were written but whose outputs were not: the last of them is what counts."""
    journal = resumed(15, t=10, barrier=13)
    journal.position.t = 13
    assert not journal.live
    assert journal.limit() == 15
