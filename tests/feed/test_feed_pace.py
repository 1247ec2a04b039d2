"""Pacing: a record is due at its own distance from the first, divided by the speed."""

from __future__ import annotations

import math

import pytest

from connectors.feed.pace import Pace

SECOND = 1_000_000_000
T0 = 1_700_000_000 * SECOND


class Clock:
    """A monotonic clock that moves only when told to."""

    def __init__(self) -> None:
        self.now = 5.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("speed", [0.5, 1.0, 20.0])
def test_a_record_passes_when_its_time_has_come(speed: float) -> None:
    """One recorded second lasts 1 / speed seconds, from the first record on."""
    clock = Clock()
    pace = Pace(speed, clock=clock)
    assert pace.delay(T0) == 0
    clock.now += 0.99 / speed
    assert pace.delay(T0 + SECOND) > 0
    clock.now += 0.011 / speed
    assert pace.delay(T0 + SECOND) == 0


def test_waits_are_short_enough_to_stop_and_long_enough_to_rest() -> None:
    """A far record is asked for again after 0.1 s, a near one after 1 ms."""
    pace = Pace(1.0, clock=Clock())
    pace.delay(T0)
    assert pace.delay(T0 + 3_600 * SECOND) == 0.1
    assert pace.delay(T0 + 50_000_000) == pytest.approx(0.05)
    assert pace.delay(T0 + 1) == 0.001


def test_an_origin_sets_when_the_first_record_is_due() -> None:
    """A market that begins now lets its first tick wait until it happens."""
    clock = Clock()
    pace = Pace(1.0, origin=T0, clock=clock)
    assert pace.delay(T0 + SECOND // 20) == pytest.approx(0.05)
    clock.now += 0.051
    assert pace.delay(T0 + SECOND // 20) == 0


def test_records_of_the_past_pass_at_once() -> None:
    """Time that runs backwards inside a capture is not waited for."""
    pace = Pace(1.0, clock=Clock())
    pace.delay(T0)
    assert pace.delay(T0 - SECOND) == 0


def test_the_highest_speed_never_waits() -> None:
    """Infinity lets everything pass."""
    pace = Pace(math.inf, clock=Clock())
    assert [pace.delay(T0), pace.delay(T0 + 10**9 * SECOND)] == [0, 0]


@pytest.mark.parametrize("speed", [0.0, -1.0, math.nan])
def test_no_speed_is_no_pace(speed: float) -> None:
    """Zero, negative and undefined speeds are refused."""
    with pytest.raises(ValueError, match="speed"):
        Pace(speed)
