"""Which trade ids are missing and which came twice, against plain sets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connectors.feed.live.ids import Missing, Numbering

RUNS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 5)).map(lambda run: (run[0], run[0] + run[1])), min_size=1
)


def seen(*runs: tuple[int, int]) -> Numbering:
    numbering = Numbering()
    for first, last in runs:
        numbering.see(first, last)
    return numbering


def test_ids_without_a_break() -> None:
    """Nothing is missing before the first, wherever it begins."""
    numbering = seen((1_000, 1_000), (1_001, 1_005), (1_006, 1_006))
    assert (numbering.first, numbering.last) == (1_000, 1_006)
    assert (numbering.gaps, numbering.missing, numbering.repeated) == (0, 0, 0)


def test_a_gap_is_returned_once_with_both_ends() -> None:
    """When the id after it comes."""
    numbering = seen((1, 3))
    assert numbering.see(6, 7) == Missing(4, 5)
    assert numbering.see(8, 8) is None
    assert (numbering.gaps, numbering.missing) == (1, 2)


def test_a_late_id_fills_its_gap() -> None:
    """The drawing in the module: 4 comes late, 6 comes twice."""
    numbering = seen(*((number, number) for number in (1, 2, 3, 6, 7, 6, 4, 8)))
    assert (numbering.gaps, numbering.missing, numbering.repeated) == (1, 1, 1)


def test_a_run_over_old_and_new_ids() -> None:
    """Of 4 to 9 after 1 to 3 and 6 to 7: two fill the gap, two come again, two are new."""
    numbering = seen((1, 3), (6, 7), (4, 9))
    assert (numbering.last, numbering.gaps, numbering.missing, numbering.repeated) == (9, 1, 0, 2)


@given(RUNS)
def test_any_order_counts_as_sets_do(runs: list[tuple[int, int]]) -> None:
    """Missing: after the first id and never come. Repeated: come again, or from before the first."""
    numbering = seen(*runs)
    start = runs[0][0]
    came = [number for first, last in runs for number in range(first, last + 1)]
    span = set(range(start, max(came) + 1))
    assert numbering.last == max(came)
    assert numbering.missing == len(span - set(came))
    assert numbering.repeated == len(came) - len(span & set(came))
