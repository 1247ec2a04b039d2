"""Where the recorded part of a journal begins, and what counts of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.recording.history import Begin, folded, newest_genesis
from models.journal.entry import OPEN, Entry
from models.journal.fold import JournalError
from tests.recording.runs import beat, genesis


def opened(gen: int) -> Entry:
    """Return what a process writes first."""
    return Entry(gen, -1, 0, OPEN)


def of(gen: int, entry: Entry, seq: int | None = None) -> Entry:
    """Return an entry as a process of that generation writes it."""
    return replace(entry, gen=gen, seq=entry.seq if seq is None else seq)


def test_a_journal_without_a_genesis_has_no_begin() -> None:
    """A shard that was opened and never begun."""
    assert newest_genesis([]) is None
    assert newest_genesis(enumerate([opened(1)])) is None


def test_the_newest_genesis_is_the_begin() -> None:
    """After an accepted gap state begins anew, and what was before does not matter."""
    second = of(2, genesis(50), seq=9)
    entries = [opened(1), genesis(0), beat(1, 3, 0), opened(2), second, of(2, beat(0, 60, 0), seq=10)]
    assert newest_genesis(enumerate(entries)) == Begin(4, second)
    assert [entry.seq for entry in folded(entries[4:], second)] == [9, 10]


def test_a_late_genesis_of_a_dead_process_is_none() -> None:
    """It stands behind the fence of the process that replaced it."""
    entries = [opened(1), opened(2), genesis(0), of(2, genesis(5))]
    assert newest_genesis(enumerate(entries)) == Begin(3, entries[3])
    assert newest_genesis(enumerate(entries[:3])) is None


def test_a_journal_whose_beginning_is_gone_still_begins_at_its_genesis() -> None:
    """Retention took the fence before it; offsets are those on the topic."""
    entry = of(3, genesis(7), seq=4)
    assert newest_genesis([(100, entry), (101, opened(4))]) == Begin(100, entry)


def test_only_what_counts_is_folded() -> None:
    """Fences, late appends and repeats are left out; a missing entry is an error."""
    begin = genesis(0)
    good = [begin, beat(1, 3, 0), opened(2), beat(2, 4, 0), beat(1, 3, 0), of(2, beat(2, 5, 0))]
    assert [(entry.gen, entry.seq) for entry in folded(good, begin)] == [(1, 0), (1, 1), (2, 2)]
    with pytest.raises(JournalError, match="entries are missing"):
        list(folded([begin, beat(2, 3, 0)], begin))
