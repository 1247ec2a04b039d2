"""The split by time: no label looks into a later part."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_rows import HORIZON, START, drawn_rows, plain_rows

from models.training.rows import Rows, RowsError
from models.training.split import Shares, halves, split


@st.composite
def scattered(draw: st.DrawFn) -> Rows:
    """Return rows of three symbols at rising seconds, at least sixty with a label and some without."""
    steps = draw(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3)), min_size=60, max_size=120))
    seconds, codes, labels = [], [], []
    for second, (_, kind) in zip(np.cumsum([gap for gap, _ in steps]).tolist(), steps, strict=True):
        seconds += [second, second]
        codes += [0, 1 + kind % 2]
        labels += [kind % 2, -kind]
    return plain_rows(seconds, codes, labels, symbols=3)


HORIZONS = st.integers(1, 10)


@given(scattered(), HORIZONS)
def test_no_label_reaches_into_a_later_part(rows: Rows, horizon: int) -> None:
    """Each label's seconds end before the next part's labels begin; parts follow one another in time."""
    parts = split(rows, horizon)

    masks = (parts.train, parts.validation, parts.test)
    for earlier, later in pairwise(masks):
        label_ends = rows.second[earlier].max() + 1 + horizon
        assert label_ends <= rows.second[later].min() + 1
    assert (sum(mask.astype(int) for mask in masks) <= 1).all()
    assert parts.purged == len(rows) - sum(int(mask.sum()) for mask in masks)


@given(scattered(), HORIZONS)
def test_only_rows_next_to_a_boundary_are_purged(rows: Rows, horizon: int) -> None:
    """Nothing is thrown away that could be used."""
    parts = split(rows, horizon)

    lost = rows.second[~(parts.train | parts.validation | parts.test)] + 1
    assert all(any(b - horizon < time < b for b in parts.boundaries) for time in lost.tolist())


@given(scattered(), HORIZONS)
def test_halves_do_not_share_a_second_of_a_label(rows: Rows, horizon: int) -> None:
    """As the parts, for what is cut in two again."""
    first, second = halves(rows, horizon)

    if len(first) and len(second):
        assert first.second.max() + horizon <= second.second.min()


def test_the_parts_have_the_asked_shares_of_the_labels() -> None:
    """Sixty, twenty and twenty per cent unless told otherwise; all symbols are cut at the same times."""
    rows = drawn_rows(10_000)

    parts = split(rows, HORIZON)

    assert [int(m.sum()) for m in (parts.train, parts.validation, parts.test)] == [11_882, 3_882, 4_000]
    assert parts.boundaries == (START + 6_001, START + 8_001)
    assert parts.purged == 2 * 2 * 59
    halved = split(rows, HORIZON, Shares(0.0, 0.7, 0.3))
    assert int(halved.train.sum()) == 0 and int(halved.test.sum()) == 6_000


@pytest.mark.parametrize(
    ("labels", "word"),
    [([-1] * 500, "no row has a label: .* take a longer one"), ([1] * 100, "the validation part has no")],
)
def test_too_short_a_history_says_which_part_is_empty(labels: list[int], word: str) -> None:
    """Instead of a model without a test."""
    rows = plain_rows(list(range(len(labels))), [0] * len(labels), labels)

    with pytest.raises(RowsError, match=word):
        split(rows, HORIZON)


def test_features_may_look_back_over_a_boundary() -> None:
    """The first row of a part stands right at the boundary: nothing is skipped for features."""
    rows = drawn_rows(1_000, symbols=1)

    parts = split(rows, HORIZON)

    assert int(rows.second[np.flatnonzero(parts.validation)[0]]) + 1 == parts.boundaries[0]
