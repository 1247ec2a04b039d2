"""Open ticks and the duplicates among them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.how_many import examples

from models.market.pending import OpenTicks, Trades
from models.ticks import NO_ID

Key = tuple[int, int, int]  # code, second, trade id


def trades(*keys: Key) -> Trades:
    """Return ticks of these keys; the rest of them does not matter."""
    code, second, ids = (np.array([key[i] for key in keys], dtype=np.int64) for i in range(3))
    return Trades(code, second, second * 10**9, np.ones(len(keys)), code, code, ids)


def fed(*batches: list[Key]) -> list[bool]:
    """Return which ticks were duplicates, given batch by batch."""
    open_ticks, highest = OpenTicks(), np.full(8, NO_ID)
    found: list[bool] = []
    for keys in batches:
        repeat = open_ticks.duplicates(trades(*keys), highest)
        open_ticks.add(trades(*keys).where(~repeat))
        found += repeat.tolist()
    return found


@pytest.mark.parametrize(
    ("keys", "repeats"),
    [
        ([(0, 1, 7), (0, 1, 7)], [False, True]),
        ([(0, 1, 7), (0, 1, 8), (0, 1, 7), (0, 1, 7)], [False, False, True, True]),
        ([(0, 1, 7), (1, 1, 7)], [False, False]),  # another symbol
        ([(0, 1, 7), (0, 2, 7)], [False, False]),  # another second
        ([(0, 1, NO_ID), (0, 1, NO_ID)], [False, False]),  # no id, never a duplicate
        ([(0, 1, 5), (0, 1, NO_ID), (0, 1, 5)], [False, False, True]),  # one between without an id
        ([(0, 1, 9), (0, 1, 3), (0, 1, 9), (0, 1, 3)], [False, False, True, True]),  # falling ids
        ([(0, 1, 0), (0, 1, 0)], [False, True]),  # zero is an id
        ([(0, 1, 2**63 - 1), (0, 1, 5), (0, 1, 2**63 - 1)], [False, False, True]),
        ([(0, 1, 4), (1, 1, 9), (0, 1, 4), (1, 1, 9)], [False, False, True, True]),  # interleaved
    ],
)
def test_a_repeat_is_found_in_one_batch_and_across_batches(keys: list[Key], repeats: list[bool]) -> None:
    """The same symbol, second and id as an earlier accepted tick."""
    assert fed(keys) == repeats
    assert fed(*([key] for key in keys)) == repeats


KEYS = st.tuples(st.integers(0, 2), st.integers(1, 2), st.sampled_from((NO_ID, 0, 1, 2, 3, 2**63 - 1)))


@examples(5)
@given(keys=st.lists(KEYS, max_size=30), size=st.integers(1, 30))
def test_duplicates_are_those_of_a_plain_set(keys: list[Key], size: int) -> None:
    """However the ticks are batched."""
    seen: set[Key] = set()
    expected = []
    for key in keys:
        expected.append(key[2] != NO_ID and key in seen)
        seen.add(key)

    assert fed(*(keys[i : i + size] for i in range(0, len(keys), size))) == expected


def test_take_returns_the_ticks_of_closed_seconds_and_keeps_the_rest() -> None:
    """In log order; a second is closed below the given one of its symbol."""
    open_ticks = OpenTicks()
    open_ticks.add(trades((0, 5, 1), (1, 5, 2)))
    open_ticks.add(trades((0, 6, 3), (0, 5, 4)))

    taken = open_ticks.take(np.array([6, 5]))

    assert taken.trade_id.tolist() == [1, 4]
    assert open_ticks.snapshot().trade_id.tolist() == [2, 3]
    assert len(open_ticks.take(np.array([6, 5]))) == 0


def test_open_ticks_come_back_from_a_snapshot() -> None:
    """And are empty when there were none."""
    open_ticks = OpenTicks()
    assert len(OpenTicks(open_ticks.snapshot()).snapshot()) == 0

    open_ticks.add(trades((0, 5, 1), (1, 5, 2)))
    again = OpenTicks(open_ticks.snapshot())

    assert again.duplicates(trades((1, 5, 2), (1, 5, 3)), np.array([1, 2])).tolist() == [True, False]
