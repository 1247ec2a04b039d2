"""Rolling windows over history columns: the same as plain slices of everything that came before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.how_many import examples

from models.market.history import extend, extend_sums, lag, window_max, window_sum
from models.market.store import Column, SymbolRows

WIDTH = 6
CODES = np.array([2, 0])  # neither all symbols nor in order


def rows(fill: float = 0) -> SymbolRows:
    """Return three symbols with a history column each of integers and of floats."""
    made = SymbolRows({"whole": Column("i8", WIDTH, fill), "real": Column("f8", WIDTH, fill)})
    made.ensure(3)
    return made


def test_extend_puts_past_and_new_side_by_side_and_keeps_the_newest() -> None:
    """A block may be shorter or longer than the history."""
    state = rows()
    extend(state, "whole", CODES, np.array([[1, 2], [7, 8]]))

    both = extend(state, "whole", CODES, np.array([[3], [9]]))

    assert both.tolist() == [[0, 0, 0, 0, 1, 2, 3], [0, 0, 0, 0, 7, 8, 9]]
    assert state["whole"][:3].tolist() == [[0, 0, 0, 7, 8, 9], [0] * 6, [0, 0, 0, 1, 2, 3]]
    longer = extend(state, "whole", CODES, np.arange(16).reshape(2, 8))
    assert longer.shape == (2, 14)
    assert state["whole"][2].tolist() == [2, 3, 4, 5, 6, 7]


def test_sums_run_on_from_the_stored_ones() -> None:
    """Also when they leave the range of an int64: differences stay right."""
    state = rows()
    state["whole"][CODES] = 2**63 - 2

    with np.errstate(over="ignore"):
        both = extend_sums(state, "whole", CODES, np.array([[5, 6], [7, 8]]))

    assert window_sum(both, 2, 1).tolist() == [[5, 6], [7, 8]]
    assert window_sum(both, 2, 2)[:, 1].tolist() == [11, 15]


def test_lag_looks_back_from_each_of_the_newest() -> None:
    """Zero steps back are the newest themselves."""
    both = np.array([[10, 11, 12, 13, 14]])

    assert lag(both, 3, 0).tolist() == [[12, 13, 14]]
    assert lag(both, 3, 2).tolist() == [[10, 11, 12]]


@pytest.mark.parametrize("span", [1, 3, WIDTH])
@examples(2)
@given(values=st.lists(st.integers(-9, 9), min_size=1, max_size=25), size=st.integers(1, 9))
def test_windows_are_those_of_plain_slices(span: int, values: list[int], size: int) -> None:
    """Sum and maximum over every window, whatever the block height; before the first value lies the fill."""
    state, sums, highs = rows(), [], []
    for start in range(0, len(values), size):
        block = np.array([values[start : start + size], [0] * len(values[start : start + size])])
        n = block.shape[1]
        state_sums = extend_sums(state, "whole", CODES, block)
        sums += window_sum(state_sums, n, min(span, WIDTH - 1))[0].tolist()
        highs += window_max(extend(state, "real", CODES, block.astype(float)), n, span)[0].tolist()

    padded = [0] * WIDTH + values
    ends = range(WIDTH + 1, len(padded) + 1)
    assert sums == [sum(padded[end - min(span, WIDTH - 1) : end]) for end in ends]
    assert highs == [max(padded[end - span : end]) for end in ends]
