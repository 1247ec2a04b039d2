"""What is left of a shard's history: gone on with, refused naming what is gone, or begun anew behind it."""

from __future__ import annotations

import pytest

from connectors.codecs.wire import Place
from connectors.kafka.history import Found, GapError, begin_anew, resume
from connectors.kafka.journal_log import Fenced
from models.journal.entry import BEAT, COMMAND, GENESIS, OPEN, Entry
from models.journal.position import Position

FIRST = [
    (0, Entry(1, -1, 0, OPEN)),
    (1, Entry(1, 0, 5, GENESIS, {"desk": {}})),
    (2, Entry(1, 1, 7, COMMAND, {}, 3)),
    (3, Entry(1, 2, 9, BEAT, {"ts": 1})),
]


def found(
    entries: list[tuple[int, Entry]],
    *,
    low: int = 0,
    ticks: tuple[int, int] = (0, 100),
    published: dict[str, Place] | None = None,
) -> Found:
    """Return what a start finds whose own ``open`` stands behind these entries."""
    own = max((offset for offset, _ in entries), default=low - 1) + 1
    gen = max((entry.gen for _, entry in entries), default=0) + 1
    return Found(Fenced(gen, own, low, entries), *ticks, published or {})


def test_a_shard_without_any_history_stands_at_nothing() -> None:
    """Where it begins is the owner's choice."""
    position = Position()
    journal = resume(position, found([]))
    assert (journal.first_pending, journal.live, position) == (None, True, Position())


def test_a_rebuild_begins_at_the_genesis() -> None:
    """Its tick, its number, its offset; everything behind it is pending."""
    position = Position()
    journal = resume(position, found(FIRST, published={"signals": Place(4, 20, 3)}))
    assert position == Position(t=5, c=0, q=0, j=1, g=1)
    assert journal.first_pending == FIRST[1][1]
    assert journal.barrier == 20


def test_a_snapshot_goes_on_behind_what_it_holds() -> None:
    """Entries before its position are neither needed nor looked at."""
    position = Position(t=8, c=4, q=2, j=3, g=1)
    journal = resume(position, found(FIRST[3:], low=3))
    assert position == Position(t=8, c=4, q=2, j=3, g=1)
    assert journal.first_pending == FIRST[3][1]


@pytest.mark.parametrize(
    ("position", "there", "gap"),
    [
        (Position(), found([], low=4), "journal entries from 0 to 3 are gone by retention"),
        (Position(), found(FIRST[2:], low=2), "journal entries from 0 to 1 are gone by retention"),
        (Position(t=8, c=4, q=2, j=9, g=1), found(FIRST), "the journal ends at 4, but 9 records were known"),
        (Position(), found([*FIRST[:2], FIRST[3]]), "journal entry 2 of generation 1 follows 0"),
        (Position(), found([], published={"signals": Place(4, 20, 3)}), "published records but no journal"),
        (Position(), found(FIRST, ticks=(6, 100)), "ticks from 5 to 5 are gone by retention"),
        (
            Position(t=8, c=4, q=2, j=3, g=1),
            found(FIRST[3:], low=3, ticks=(0, 7)),
            "tick log ends at 7, but 8",
        ),
        (Position(), found(FIRST, published={"signals": Place(4, 0, 0)}), "all published records are gone"),
        (Position(t=10, c=4, q=2, j=3, g=1), found(FIRST[3:], low=3), "lies before tick 9"),
    ],
)
def test_what_is_gone_is_named(position: Position, there: Found, gap: str) -> None:
    """Nothing is skipped in silence."""
    with pytest.raises(GapError, match=gap):
        resume(position, there)


def test_beginning_anew_leaves_no_published_tick_behind_and_numbers_on() -> None:
    """The first tick that is kept and not yet published; sequence and generation above all that is known."""
    there = found(FIRST[2:], low=2, ticks=(30, 100), published={"signals": Place(4, 20, 8)})
    journal = begin_anew(there, control_end=12)
    assert journal.position == Position(t=30, c=12, q=8, j=5, g=2)
    assert (journal.live, journal.replaying) == (True, False)
    ahead = found(FIRST, ticks=(0, 100), published={"signals": Place(4, 60, 3)})
    assert begin_anew(ahead, 0).position.t == 60
    cut = found(FIRST, ticks=(0, 10), published={"signals": Place(4, 60, 3)})
    assert begin_anew(cut, 0).position.t == 10


def test_after_a_gap_the_newest_genesis_is_the_beginning() -> None:
    """What lies before it is not asked for any more, and need not be there."""
    anew = [
        *FIRST,
        (4, Entry(2, -1, 0, OPEN)),
        (5, Entry(2, 8, 30, GENESIS, {"desk": {}}, 11)),
        (6, Entry(2, 9, 31, BEAT, {"ts": 2})),
    ]
    for entries, low in ((anew, 0), (anew[2:], 2), (anew[5:], 5)):
        position = Position()
        journal = resume(position, found(entries, low=low, ticks=(30, 100)))
        assert journal.first_pending == anew[5][1]
        assert [entry.seq for entry in journal.reinjected()] == [8]
        assert position == Position(t=30, c=12, q=9, j=6, g=2)
