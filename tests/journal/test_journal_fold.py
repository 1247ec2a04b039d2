"""Which entries of a journal count."""

from __future__ import annotations

import pytest

from models.journal.entry import BEAT, COMMAND, OPEN, Entry
from models.journal.fold import Fold, JournalError


def opened(gen: int) -> Entry:
    """Return the fence of a process."""
    return Entry(gen, -1, 0, OPEN, {"nonce": "x"})


def entry(gen: int, seq: int, after: int = 0) -> Entry:
    """Return an entry that counts or not by its generation and number alone."""
    return Entry(gen, seq, after, BEAT)


def counted(log: list[Entry], fold: Fold | None = None) -> list[tuple[int, int]]:
    """Return (generation, number) of the entries that count."""
    fold = fold or Fold()
    return [(e.gen, e.seq) for e in log if fold.take(e)]


def test_entries_count_in_order_across_generations() -> None:
    """An ``open`` counts for nothing itself and changes no number."""
    log = [opened(1), entry(1, 0), entry(1, 1), opened(2), opened(5), entry(5, 2)]
    assert counted(log) == [(1, 0), (1, 1), (5, 2)]


def test_late_appends_of_dead_processes_are_void() -> None:
    """Behind the fence of a successor they count for nothing, whatever their number."""
    log = [opened(1), entry(1, 0), opened(2), entry(1, 1), entry(2, 1), entry(1, 2), entry(1, 7), entry(2, 2)]
    assert counted(log) == [(1, 0), (2, 1), (2, 2)]


def test_a_dead_process_entry_in_front_of_the_fence_counts() -> None:
    """Whether it was acknowledged does not matter: its author emitted nothing behind it."""
    assert counted([opened(1), entry(1, 0), entry(1, 1), opened(2), entry(2, 2)]) == [(1, 0), (1, 1), (2, 2)]


def test_an_entry_written_twice_counts_once() -> None:
    """The second is skipped, at once or later."""
    log = [opened(1), entry(1, 0), entry(1, 0), entry(1, 1), entry(1, 0), entry(1, 1), entry(1, 2)]
    assert counted(log) == [(1, 0), (1, 1), (1, 2)]


def test_a_late_open_of_a_dead_process_does_not_take_the_journal_back() -> None:
    """Only a higher generation makes others void."""
    log = [opened(3), entry(3, 0), opened(2), entry(3, 1), entry(2, 2)]
    assert counted(log) == [(3, 0), (3, 1)]


def test_a_missing_number_is_refused() -> None:
    """Going on would publish other records than before."""
    fold = Fold()
    assert counted([opened(4), entry(4, 0)], fold) == [(4, 0)]
    with pytest.raises(JournalError) as refused:
        fold.take(entry(4, 2))
    assert str(refused.value) == (
        "journal entry 2 of generation 4 follows 0 of generation 4: entries are missing; restore them or "
        "begin anew with --accept-gap"
    )


def test_a_generation_that_never_opened_is_refused() -> None:
    """Its ``open`` and what stood beside it are gone."""
    with pytest.raises(JournalError, match="entry 0 of generation 2 follows -1 of generation 1"):
        counted([opened(1), entry(2, 0)])


def test_a_fold_goes_on_from_the_position_of_a_snapshot() -> None:
    """From generation and number of the last emitted entry, reading right behind it."""
    log = [entry(1, 3), opened(2), entry(1, 4), entry(2, 4)]
    assert counted(log, Fold(gen=1, seq=3)) == [(1, 3), (2, 4)]


def test_a_snapshot_under_its_own_generation_would_lose_its_predecessors_entries() -> None:
    """Why a position holds the generation of the last *emitted* entry: these are still pending."""
    log = [entry(1, 3), entry(1, 4), opened(2)]
    assert counted(log, Fold(gen=1, seq=3)) == [(1, 3), (1, 4)]
    assert counted(log, Fold(gen=2, seq=3)) == []


def test_a_reader_of_the_tail_takes_its_number_from_the_first_entry_that_counts() -> None:
    """Under the highest generation it saw, older entries are void, repeats are skipped and gaps refused."""
    fold = Fold(gen=2, seq=None)
    log = [entry(1, 7), opened(2), entry(1, 8), entry(2, 7), entry(2, 7), entry(2, 6), entry(2, 8)]
    assert counted(log, fold) == [(2, 7), (2, 8)]
    with pytest.raises(JournalError, match="entry 10 of generation 2 follows 8 of generation 2"):
        fold.take(entry(2, 10))


@pytest.mark.parametrize("cut", range(9))
def test_folding_in_two_parts_is_folding_at_once(cut: int) -> None:
    """A fold carries all it needs in generation and number."""
    log = [opened(1), entry(1, 0), entry(1, 0), opened(2), entry(1, 1), entry(2, 1), opened(3), entry(3, 2)]
    first = Fold()
    before = counted(log[:cut], first)
    assert before + counted(log[cut:], Fold(first.gen, first.seq)) == [(1, 0), (2, 1), (3, 2)]


def test_the_plain_form_of_an_entry_is_what_stands_on_the_topic() -> None:
    """All six fields, the payload copied."""
    one = Entry(3, 14, 200, COMMAND, {"id": "ada-1"}, 9)
    plain = one.as_dict()
    assert plain == {
        "gen": 3, "seq": 14, "after": 200, "kind": "command", "payload": {"id": "ada-1"}, "ctl_offset": 9,
    }  # fmt: skip
    assert Entry(**plain) == one
    plain["payload"]["id"] = "bob-1"
    assert one.payload == {"id": "ada-1"}
