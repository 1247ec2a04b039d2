"""Which journal entries count, by hand."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from verifier.journal import Folded, fold
from verifier.log import Partition, Record

Line = tuple[str, int, int, int]
"""Kind, generation, number, tick."""

PAYLOAD = {"desk": {}, "command": {}, "ts": 1}
BEGIN: list[Line] = [("open", 1, -1, 0), ("genesis", 1, 0, 0)]


def folded(lines: list[Line], low: int = 0, **more: Any) -> Folded:
    """Fold a journal; ``more`` are fields of its last entry."""
    records = []
    for offset, (kind, gen, seq, after) in enumerate(lines, low):
        entry = {
            "gen": gen,
            "seq": seq,
            "after": after,
            "kind": kind,
            "payload": PAYLOAD,
            "ctl_offset": offset,
        }
        last = offset == low + len(lines) - 1
        value = orjson.dumps(entry | (more if last else {}))
        records.append(Record("journal", 0, offset, 0, None, value))
    return fold(Partition("journal", 0, low, low + len(lines), records))


def counting(found: Folded) -> list[tuple[int, int]]:
    """Return generation and number of the entries that count."""
    return [(entry.gen, entry.seq) for entry in found.entries]


def test_entries_count_in_their_order() -> None:
    """All but ``open``."""
    found = folded([*BEGIN, ("beat", 1, 1, 5), ("command", 1, 2, 5)])
    assert counting(found) == [(1, 0), (1, 1), (1, 2)]
    assert found.as_dict() == {"counting": 3, "starts": 1, "void": 0, "repeated": 0, "problem": ""}


def test_entries_of_dead_processes_count_in_front_of_the_fence_and_are_void_behind_it() -> None:
    """The first beat was acknowledged or not: it counts. The second came late."""
    found = folded(
        [
            *BEGIN,
            ("beat", 1, 1, 5),
            ("open", 2, -1, 0),
            ("beat", 1, 2, 6),
            ("beat", 2, 2, 7),
            ("beat", 1, 3, 9),
        ]
    )
    assert counting(found) == [(1, 0), (1, 1), (2, 2)]
    assert (found.void, found.problem) == (2, "")


def test_an_entry_written_twice_counts_once() -> None:
    """The first time."""
    found = folded([*BEGIN, ("beat", 1, 1, 5), ("beat", 1, 1, 5), ("beat", 1, 2, 5)])
    assert (counting(found), found.repeated) == ([(1, 0), (1, 1), (1, 2)], 1)


@pytest.mark.parametrize(
    ("line", "more", "problem"),
    [
        (("beat", 1, 2, 5), {}, "journal/0 @2 has the number 2, but 1 is missing before it"),
        (("beat", 2, 1, 5), {}, "journal/0 @2 is of generation 2, which was never opened"),
        (("pause", 1, 1, 5), {}, "journal/0 @2 is of the unknown kind 'pause'"),
        (("beat", 1, 1, 5), {"extra": 1}, "journal/0 @2 is no journal entry"),
        (("beat", 1, 1, 5), {"seq": "1"}, "journal/0 @2 is no journal entry"),
        (("beat", 1, 1, 5), {"payload": {}}, "journal/0 @2 is no journal entry"),
    ],
)
def test_what_cannot_be_understood_ends_the_fold(line: Line, more: dict[str, Any], problem: str) -> None:
    """With the place; what was before it counts."""
    found = folded([*BEGIN, line], **more)
    assert (counting(found), found.problem) == ([(1, 0)], problem)


def test_entries_do_not_go_back() -> None:
    """Neither in the ticks nor in the control topic."""
    back = folded([*BEGIN, ("beat", 1, 1, 5), ("beat", 1, 2, 4)])
    twice = folded([*BEGIN, ("command", 1, 1, 5), ("command", 1, 2, 5)], ctl_offset=2)
    assert back.problem == "journal/0 @3 lies before tick 4, but the entry before it behind tick 4"
    assert twice.problem == "journal/0 @3 takes in control record 2 behind 2"


def test_a_genesis_may_follow_a_gap() -> None:
    """Of numbers, ticks and control records."""
    found = folded(
        [*BEGIN, ("beat", 1, 1, 50), ("open", 2, -1, 0), ("genesis", 2, 9, 20), ("beat", 2, 10, 20)]
    )
    assert (counting(found), found.problem) == ([(1, 0), (1, 1), (2, 9), (2, 10)], "")


def test_a_journal_whose_beginning_is_gone_counts_from_where_it_begins() -> None:
    """Retention took the first entries; numbers follow one another from there on."""
    whole = folded([("beat", 3, 40, 5), ("beat", 3, 41, 5)], low=100)
    broken = folded([("beat", 3, 40, 5), ("beat", 3, 42, 5)], low=100)
    assert counting(whole) == [(3, 40), (3, 41)]
    assert broken.problem.endswith("has the number 42, but 41 is missing before it")
