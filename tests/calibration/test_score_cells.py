"""The grid of score cells and the ten fixed buckets never disagree, whatever floats do at edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.monitor.calibration.cells import BUCKET_OF, BUCKETS, CELLS, CENTRES, EDGES, bucket_of, cell_of

EDGE = st.sampled_from(EDGES.tolist() + [b / 10 for b in range(11)])
NEAR_AN_EDGE = st.tuples(EDGE, st.sampled_from((-np.inf, np.inf)), st.integers(0, 3)).map(
    lambda drawn: stepped(*drawn)
)


def stepped(value: float, towards: float, steps: int) -> float:
    """Return the float so many steps from a value, kept in [0, 1]."""
    for _ in range(steps):
        value = float(np.nextafter(value, towards))
    return min(max(value, 0.0), 1.0)


@given(st.one_of(st.floats(0, 1), NEAR_AN_EDGE))
def test_a_cell_lies_in_the_bucket_of_its_scores(prob: float) -> None:
    """The bucket of the records is ``min(int(p * 10), 9)``; it is the same one beside an edge."""
    cell = int(cell_of(np.array([prob]))[0])

    assert BUCKET_OF[cell] == min(int(prob * 10), 9) == bucket_of(np.array([prob]))[0]
    assert EDGES[cell] - 1e-15 <= prob <= EDGES[cell + 1]


def test_edges_belong_to_the_cell_above_and_one_to_the_last() -> None:
    """As in a histogram."""
    assert cell_of(EDGES).tolist() == [*range(CELLS), CELLS - 1]


def test_the_grid_is_symmetric_and_finest_around_one_half() -> None:
    """42 cells: 0.01 wide in 0.4 .. 0.6, 0.02 beside it, 0.05 far out."""
    assert (CELLS, len(EDGES), len(CENTRES)) == (42, 43, 42)
    assert EDGES + EDGES[::-1] == pytest.approx(np.ones(43))
    widths = np.diff(EDGES).round(9)
    fine = [0.02, 0.01, 0.01, 0.02]
    assert [widths[b == BUCKET_OF].max() for b in range(BUCKETS)] == [0.05] * 3 + fine + [0.05] * 3
