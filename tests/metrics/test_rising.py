"""Sums over processes that begin anew never fall."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connectors.metrics.rising import Rising


def test_parts_add_up() -> None:
    """Element by element; a key has its own parts."""
    rising = Rising()
    assert rising.total("a", {"one": (1, 10), "two": (2, 20)}) == (3.0, 30.0)
    assert rising.total("b", {"one": (5,)}) == (5.0,)
    assert rising.total("c", {}) == ()


def test_a_part_that_begins_anew_goes_on_from_where_it_was() -> None:
    """5 and then 2 after a restart make 7; what a part that is gone has counted stays."""
    rising = Rising()
    rising.total("a", {"one": (5,), "two": (100,)})
    assert rising.total("a", {"one": (2,)}) == (107.0,)
    assert rising.total("a", {"one": (3,), "two": (100,)}) == (108.0,)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 50)), max_size=30))
def test_never_falls(looks: list[dict[str, int]]) -> None:
    """Whatever parts show."""
    rising, before = Rising(), 0.0
    for look in looks:
        now = rising.total("a", {part: (count,) for part, count in look.items()})
        assert (now or (0.0,))[0] >= before
        before = now[0] if now else 0.0
