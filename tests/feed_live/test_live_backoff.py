"""Waits between attempts: they grow, scatter, start again after health, and keep to the exchange's limit."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from connectors.feed.live.backoff import Attempts, Backoff


def highest(low: float, high: float) -> float:
    return high


def test_the_bound_doubles_up_to_the_cap() -> None:
    """From half a second to half a minute."""
    backoff = Backoff(highest)
    assert [backoff.wait_s() for _ in range(9)] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


def test_a_year_of_failures_overflows_nothing() -> None:
    """The bound stays the cap."""
    backoff = Backoff(highest)
    assert max(backoff.wait_s() for _ in range(5_000)) == 30.0


def test_only_a_healthy_connection_starts_again() -> None:
    """A minute, and not a bit less."""
    backoff = Backoff(highest)
    waits = []
    for seconds in (0.0, 59.9, 60.0, 3_600.0):
        backoff.lived(seconds)
        waits.append(backoff.wait_s())
    assert waits == [0.5, 1.0, 0.5, 0.5]


def test_full_jitter_is_uniform_from_zero() -> None:
    """Same seed, same waits; the mean of many is half their bound."""
    waits = [[Backoff(np.random.default_rng(7).uniform).wait_s() for _ in range(3)] for _ in range(2)]
    assert waits[0] == waits[1]
    backoff = Backoff(np.random.default_rng(7).uniform, base_s=30.0)
    many = [backoff.wait_s() for _ in range(2_000)]
    assert 0.0 <= min(many) < 0.1 < 29.9 < max(many) < 30.0
    assert abs(np.mean(many) - 15.0) < 0.6


@given(st.lists(st.floats(0.0, 200.0), max_size=60))
def test_no_window_holds_more_attempts_than_allowed(pauses: list[float]) -> None:
    """Whatever the attempts come at, five within any 300 s are never exceeded, and none waits needlessly."""
    now = 0.0
    attempts = Attempts(5, 300.0, lambda: now)
    at: list[float] = []
    for pause in pauses:
        now += pause
        at.append(now + attempts.book())
    assert at == sorted(at)
    assert all(later - earlier > 300.0 - 1e-9 for earlier, later in zip(at, at[5:], strict=False))


def test_attempts_below_the_limit_do_not_wait() -> None:
    """The sixth within the window waits for the first to leave it."""
    clock = itertools.count(0.0, 10.0)
    attempts = Attempts(5, 300.0, lambda: next(clock))
    assert [attempts.book() for _ in range(6)] == [0.0, 0.0, 0.0, 0.0, 0.0, 250.0]
