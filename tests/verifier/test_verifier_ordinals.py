"""What ordinals alone tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.how_many import examples

from verifier.log import Record
from verifier.ordinals import numbering, ordinal_of

CASES = {
    "nothing": ([], {"records": 0, "first": None, "last": None}),
    "whole": ([0, 1, 2], {"records": 3, "first": 0, "last": 2}),
    "begins above 0": ([7, 8], {"records": 2, "first": 7, "last": 8}),
    "lost": ([0, 1, 4, 5, 7], {"records": 5, "first": 0, "last": 7, "missing": 3, "gaps": [(2, 3), (6, 6)]}),
    "doubled": ([0, 1, 1, 2], {"records": 4, "first": 0, "last": 2, "repeats": 1}),
    "swapped": ([0, 2, 1, 3], {"records": 4, "first": 0, "last": 3, "out_of_order": 1}),
    "from inside a gap": (
        [0, 5, 3],
        {"records": 3, "first": 0, "last": 5, "missing": 3, "gaps": [(1, 2), (4, 4)], "out_of_order": 1},
    ),
    "from inside a gap, twice": (
        [0, 3, 1, 1, 2],
        {"records": 5, "first": 0, "last": 3, "out_of_order": 2, "repeats": 1},
    ),
    "from before the first": (
        [5, 2],
        {"records": 2, "first": 2, "last": 5, "missing": 2, "gaps": [(3, 4)], "out_of_order": 1},
    ),
    "begun again": ([0, 1, 0, 1], {"records": 4, "first": 0, "last": 1, "repeats": 2}),
    "without a number": ([0, None, 1], {"records": 3, "first": 0, "last": 1, "unreadable": 1}),
}
NOTHING = {"missing": 0, "gaps": [], "repeats": 0, "out_of_order": 0, "unreadable": 0}


@pytest.mark.parametrize("case", CASES)
def test_a_sequence_is_read_like_a_reader_reads_it(case: str) -> None:
    """Gaps as ranges, repeats and late arrivals counted."""
    ordinals, told = CASES[case]
    found = numbering(ordinals)
    assert found.as_dict() == NOTHING | told
    assert found.holds == (case in ("nothing", "whole", "begins above 0"))


@examples()
@given(st.lists(st.integers(0, 12), min_size=1))
def test_missing_and_repeats_are_those_of_the_set(ordinals: list[int]) -> None:
    """Whatever the order: each number either came, or lies in one gap; all others are repeats."""
    found = numbering(ordinals)
    inside = {n for first, last in found.gaps for n in range(first, last + 1)}
    assert inside == set(range(min(ordinals), max(ordinals))) - set(ordinals)
    assert found.missing == len(inside)
    assert found.repeats == len(ordinals) - len(set(ordinals))
    assert found.gaps == sorted(found.gaps)


def record(value: bytes | None, *headers: tuple[str, bytes]) -> Record:
    """Return a record of some topic."""
    return Record("any", 0, 0, 0, None, value, headers)


def test_an_ordinal_is_in_the_body_or_in_a_header() -> None:
    """Anything else is no number."""
    assert ordinal_of(record(b'{"ordinal":5}')) == 5
    assert ordinal_of(record(b"\xff", ("reason", b"late"), ("ordinal", b"17"))) == 17
    nothing = (b'{"ordinal":true}', b'{"ordinal":"5"}', b"[5]", b"{}", b"{", b"", None)
    assert [ordinal_of(record(value)) for value in nothing] == [None] * 7
    assert ordinal_of(record(b"", ("ordinal", b"-1"))) is None
