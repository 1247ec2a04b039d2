"""The circuit breaker against a row-by-row oracle, its timeline, and that chopping does not matter."""

from __future__ import annotations

import time
from collections import deque
from fractions import Fraction
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.how_many import examples

from models.scoring.breaker import CLOSED, HALF_OPEN, OPEN, Breaker, Transition

Row = tuple[int, bool]
Seen = tuple[list[bool], list[tuple[int, str, str]]]


def oracle(rows_in: list[Row], share: Fraction, rows: int, wait: int) -> Seen:
    """Return what is blocked, and all transitions, one row after the other, as the table of states says."""
    state, clock, since = CLOSED, -(10**12), 0
    last: deque[bool] = deque(maxlen=rows)
    blocked, transitions = [], []

    def to(row: int, after: str) -> None:
        nonlocal state, since
        transitions.append((row, state, after))
        state, since = after, clock
        last.clear()

    for row, (second, error) in enumerate(rows_in):
        clock = max(clock, second)
        if state == OPEN and clock >= since + wait:
            to(row, HALF_OPEN)
        elif state == HALF_OPEN and clock > since:
            to(row, CLOSED)
        blocked.append(state == OPEN)
        if state == HALF_OPEN and error:
            to(row, OPEN)
        elif state == CLOSED:
            last.append(error)
            if sum(last) > share * rows:
                to(row, OPEN)
    return blocked, transitions


def chopped(rows_in: list[Row], pieces: list[int], restore: bool, *args: Any) -> tuple[Seen, dict[str, Any]]:
    """Give a breaker the rows in blocks, through a snapshot between any two if asked."""
    breaker, at, blocked, transitions = Breaker(*args), 0, [], []
    for size in [*pieces, len(rows_in)]:
        part = rows_in[at : at + size]
        if restore:
            breaker = Breaker(*args, saved=msgspec.msgpack.decode(msgspec.msgpack.encode(breaker.snapshot())))
        held, found = breaker.step(
            np.array([second for second, _ in part], np.int64), np.array([error for _, error in part], bool)
        )
        blocked += held.tolist()
        transitions += [(at + row, before, after) for row, before, after in found]
        at += len(part)
    return (blocked, transitions), breaker.snapshot()


def steady(seconds: int, symbols: int, error: bool, start: int = 0) -> list[Row]:
    """Return the rows of some symbols, second by second."""
    return [(start + i // symbols, error) for i in range(seconds * symbols)]


def drawn(seed: int, count: int, trouble: float) -> list[Row]:
    """Return rows whose seconds mostly rise, with stretches of a few errors and of many."""
    rng = np.random.default_rng(seed)
    seconds = np.cumsum(rng.choice([-2, 0, 0, 0, 1, 1, 4], count))
    stretches = np.repeat(rng.choice([0.0, trouble, 0.95], count // 10 + 1, p=[0.5, 0.4, 0.1]), 10)[:count]
    return list(zip(seconds.tolist(), (rng.random(count) < stretches).tolist(), strict=True))


@examples(10)
@given(
    seed=st.integers(0, 2**32 - 1), count=st.integers(0, 400), trouble=st.sampled_from([0.05, 0.2, 0.5]),
    share=st.sampled_from(["0", "0.05", "0.1", "0.25", "0.29", "0.9"]),
    rows=st.integers(1, 40), wait=st.integers(1, 12), pieces=st.lists(st.integers(0, 30), max_size=12),
    restore=st.booleans(),
)  # fmt: skip
def test_it_is_the_row_by_row_oracle_however_the_rows_are_cut(
    seed: int, count: int, trouble: float, share: str, rows: int, wait: int, pieces: list[int], restore: bool
) -> None:
    """Blocked rows, transitions, and the state to the last byte."""
    rows_in = drawn(seed, count, trouble)
    seen, state = chopped(rows_in, pieces, restore, float(share), rows, wait)
    assert seen == oracle(rows_in, Fraction(share), rows, wait)
    assert state == chopped(rows_in, [], False, float(share), rows, wait)[1]


def test_the_eleventh_error_of_200_rows_opens_it_and_the_tenth_does_not() -> None:
    """Over 5 % of 200: 10 errors are exactly 5 %."""
    errors = [i % 19 == 0 for i in range(400)]  # 11 errors in the first 191 rows
    seen, _ = chopped(list(enumerate(errors)), [], False, 0.05, 200, 30)
    assert seen[1][0] == (190, CLOSED, OPEN)
    errors = [i % 20 == 0 for i in range(400)]  # 10 in any 200 rows
    assert chopped(list(enumerate(errors)), [], False, 0.05, 200, 30)[0][1] == []


def test_a_share_means_the_decimal_number_that_was_written() -> None:
    """0.29 * 100 is 28.999... in floating point; 29 of 100 are not over 29 %."""
    seen, _ = chopped([(0, True)] * 40, [], False, 0.29, 100, 30)
    assert seen[1] == [(29, CLOSED, OPEN)]


def test_its_clock_never_goes_back() -> None:
    """A symbol that closes late does not stretch the wait."""
    breaker = Breaker(0.05, 200, 30)
    for second in (50, 20):
        breaker.step(np.array([second]), np.array([False]))
    assert breaker.snapshot()["clock"] == 50


def test_a_model_that_always_fails_is_left_after_eleven_rows() -> None:
    """It does not take 200 rows; and it is tried again every 30 s, with the rows of one second."""
    seen, _ = chopped(steady(70, symbols=5, error=True), [7] * 40, False, 0.05, 200, 30)
    blocked, transitions = seen
    # rows 0..10 fail, row 10 (second 2) opens; second 32 begins with row 160, whose failure opens it again
    assert transitions == [
        (10, CLOSED, OPEN), (160, OPEN, HALF_OPEN), (160, HALF_OPEN, OPEN),
        (310, OPEN, HALF_OPEN), (310, HALF_OPEN, OPEN),
    ]  # fmt: skip
    assert [i for i, held in enumerate(blocked) if not held] == [*range(11), 160, 310]


def test_a_model_that_is_well_again_is_back_with_the_second_after_the_probes() -> None:
    """All five rows of the probing second are scored; the first row behind them closes it."""
    rows_in = [*steady(3, 5, error=True), *steady(60, 5, error=False, start=3)]
    (blocked, transitions), state = chopped(rows_in, [], False, 0.05, 200, 30)
    assert transitions == [(10, CLOSED, OPEN), (160, OPEN, HALF_OPEN), (165, HALF_OPEN, CLOSED)]
    assert blocked == [10 < i < 160 for i in range(len(rows_in))]
    assert state == {"state": CLOSED, "clock": 62, "since": -(1 << 62), "ages": []}


def test_a_probe_that_fails_for_one_symbol_only_opens_it_again() -> None:
    """One row would have found the model well; the rows behind the failed one are blocked again."""
    rows_in = steady(3, 5, error=True) + [(32 + i // 5, i % 5 == 3) for i in range(10)]
    (blocked, transitions), _ = chopped(rows_in, [], False, 0.05, 200, 30)
    assert transitions[1:] == [(15, OPEN, HALF_OPEN), (18, HALF_OPEN, OPEN)]
    assert blocked[15:] == [False] * 4 + [True] * 6


def test_what_was_counted_before_it_opened_is_forgotten() -> None:
    """Ten more errors do not open it again, the eleventh does."""
    rows_in = [(0, True)] * 11 + [(30, False)] + [(31, True)] * 11
    assert chopped(rows_in, [], False, 0.05, 200, 30)[0][1] == [
        (10, CLOSED, OPEN), (11, OPEN, HALF_OPEN), (12, HALF_OPEN, CLOSED), (22, CLOSED, OPEN),
    ]  # fmt: skip


def test_another_model_begins_with_a_closed_breaker() -> None:
    """Errors of the one before do not count against it."""
    breaker = Breaker(0.05, 200, 30)
    breaker.step(np.zeros(10, np.int64), np.ones(10, bool))
    assert breaker.reset() == []
    assert breaker.step(np.zeros(10, np.int64), np.ones(10, bool))[1] == []
    breaker.step(np.zeros(1, np.int64), np.ones(1, bool))
    assert breaker.reset() == [Transition(0, OPEN, CLOSED)]
    assert breaker.state == CLOSED


@examples(3)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(0, 300), pieces=st.lists(st.integers(0, 60)))
def test_rows_that_the_model_is_not_asked_of_are_as_if_they_were_not_there(
    seed: int, count: int, pieces: list[int]
) -> None:
    """A stale row is no success: it neither thins the errors out nor closes the breaker as a probe."""
    rows_in = drawn(seed, count, 0.3)
    asked = np.random.default_rng(seed).random(count) < 0.7
    own = np.flatnonzero(asked)
    blocked, transitions = oracle([rows_in[i] for i in own], Fraction("0.1"), 30, 5)
    breaker, at, seen, found = Breaker(0.1, 30, 5), 0, [], []
    for size in [*pieces, count]:
        part = slice(at, min(at + size, count))
        second = np.array([second for second, _ in rows_in[part]], np.int64)
        error = np.array([error for _, error in rows_in[part]], bool)
        held, changes = breaker.step(second, error, asked[part])
        seen += held.tolist()
        found += [(at + row, before, after) for row, before, after in changes]
        at = part.stop
    assert found == [(own[row], before, after) for row, before, after in transitions]
    assert seen == [asked[i] and blocked[int(asked[:i].sum())] for i in range(count)]


@pytest.mark.parametrize("bad", [(1.0, 200, 30), (-0.1, 200, 30), (0.05, 0, 30), (0.05, 200, 0)])
def test_a_breaker_that_could_never_open_or_never_close_is_refused(bad: tuple[float, int, int]) -> None:
    """All of the rows cannot be more than all of the rows."""
    with pytest.raises(ValueError, match="a breaker needs"):
        Breaker(*bad)


def test_a_block_without_errors_costs_next_to_nothing() -> None:
    """Twenty rows: about 5 us, held here to ten times that; and the state stays small under errors."""
    breaker, second, well = Breaker(0.05, 200, 30), np.zeros(20, np.int64), np.zeros(20, bool)
    best = min(_timed(lambda: [breaker.step(second, well) for _ in range(100)]) for _ in range(20))
    assert best / 100 < 50e-6
    rng = np.random.default_rng(3)
    for start in range(0, 40_000, 40):
        breaker.step(np.arange(start, start + 40), rng.random(40) < 0.04)
        assert len(breaker.snapshot()["ages"]) <= 10


def _timed(call: Any) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin
