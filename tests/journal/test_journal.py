"""The writing side of a journal: propose, hold, acknowledge, emit."""

from __future__ import annotations

import pytest

from models.journal.entry import BEAT, COMMAND, NO_CONTROL, Entry
from models.journal.fold import JournalError
from models.journal.journal import Journal
from models.journal.position import Position


def fresh(fence: int = 4) -> Journal:
    """Return a journal with nothing pending, opened at offset ``fence`` as generation 3."""
    return Journal(Position(t=10, c=7, q=2, j=3, g=1), 3, fence, pending=[])


def test_an_entry_is_placed_before_the_next_tick_under_the_next_number() -> None:
    """Generation, number, place and control offset of a proposed entry."""
    assert fresh().propose(COMMAND, {"id": "a"}, 8) == Entry(3, 2, 10, COMMAND, {"id": "a"}, 8)
    assert fresh().propose(BEAT, {"ts": 5}).ctl_offset == NO_CONTROL


def test_the_shard_holds_from_the_proposal_until_the_emission() -> None:
    """Nothing may be emitted in between; the position stays where it was."""
    journal = fresh()
    assert not journal.holding
    journal.propose(BEAT, {"ts": 5})
    assert journal.holding
    assert journal.emitted() == []
    assert journal.position == Position(t=10, c=7, q=2, j=3, g=1)
    journal.acknowledge(2, 5)
    assert journal.holding
    assert len(journal.emitted()) == 1
    assert not journal.holding


def test_emitting_moves_all_cursors_of_an_entry_in_one_step() -> None:
    """Behind its number, its journal offset and its command, to its generation; no tick has passed."""
    journal = fresh()
    entry = journal.propose(COMMAND, {}, 8)
    journal.acknowledge(2, 5)
    assert journal.emitted() == [entry]
    assert journal.position == Position(t=10, c=9, q=3, j=6, g=3)


def test_a_beat_leaves_the_control_cursor() -> None:
    """Only commands come from the control topic."""
    journal = fresh()
    journal.propose(BEAT, {"ts": 5})
    journal.acknowledge(2, 5)
    journal.emitted()
    assert journal.position == Position(t=10, c=7, q=3, j=6, g=3)


def test_several_in_flight_are_emitted_together_and_in_order() -> None:
    """All at one place; none before the last is acknowledged."""
    journal = fresh()
    entries = [journal.propose(COMMAND, {"n": n}, 7 + n) for n in range(3)]
    assert [(e.seq, e.after) for e in entries] == [(2, 10), (3, 10), (4, 10)]
    for number, entry in enumerate(entries):
        assert journal.emitted() == []
        journal.acknowledge(entry.seq, 5 + number)
    assert journal.emitted() == entries
    assert journal.position == Position(t=10, c=10, q=5, j=8, g=3)
    assert journal.emitted() == []


def test_a_proposal_behind_acknowledged_ones_prolongs_the_hold() -> None:
    """The order of the journal is the order of emission."""
    journal = fresh()
    first = journal.propose(BEAT, {"ts": 5})
    journal.acknowledge(2, 5)
    second = journal.propose(BEAT, {"ts": 6})
    assert journal.emitted() == []
    journal.acknowledge(3, 6)
    assert journal.emitted() == [first, second]


def test_numbers_go_on_behind_emitted_entries() -> None:
    """Contiguous for the life of the shard."""
    journal = fresh()
    for number in range(3):
        journal.position.t += 5
        entry = journal.propose(BEAT, {"ts": number})
        journal.acknowledge(entry.seq, 5 + number)
        assert journal.emitted() == [entry]
    assert (journal.position.q, journal.position.t, journal.position.j) == (5, 25, 8)


@pytest.mark.parametrize("offset", [4, 6, 0, 100])
def test_an_acknowledgement_that_does_not_follow_the_fence_is_another_writer(offset: int) -> None:
    """The first entry stands right behind this process's own ``open``, or someone got between."""
    journal = fresh(fence=4)
    journal.propose(BEAT, {"ts": 5})
    with pytest.raises(JournalError) as refused:
        journal.acknowledge(2, offset)
    assert str(refused.value) == (
        f"journal entry 2 was written at offset {offset} instead of 5: another process writes this shard's "
        "journal; stop one of the two"
    )
    assert journal.emitted() == []


def test_acknowledgements_must_follow_one_another() -> None:
    """Also across emissions."""
    journal = fresh(fence=4)
    journal.propose(BEAT, {"ts": 5})
    journal.acknowledge(2, 5)
    journal.emitted()
    journal.propose(BEAT, {"ts": 6})
    with pytest.raises(JournalError, match="offset 7 instead of 6"):
        journal.acknowledge(3, 7)
