"""The guard's time: a shard's progress counts once all of the signals that it counts have been read."""

from __future__ import annotations

from typing import Any

from guard.looks import FIRST, World, signal

from connectors.recovery.state import pack, unpack
from models.guard.clock import Clock
from models.guard.inputs import PROGRESS, SIGNALS, Told


def progress(second: int, signals: int, partition: int = 0) -> Told:
    """Return what a shard tells once it has closed all below a second."""
    body = {"shard": f"ticks/{partition:04d}", "second": second, "signals": signals}
    return Told(PROGRESS, partition, 0, 0, body)


def said(ordinal: int, partition: int = 0) -> Told:
    """Return a signal by its ordinal."""
    body: dict[str, Any] = signal("S0", FIRST + ordinal) | {"ordinal": ordinal}
    return Told(SIGNALS, partition, ordinal, 0, body)


def test_time_waits_for_the_signals_of_a_progress_that_was_read_before_them() -> None:
    """Three progress records run ahead; each comes into force with its last signal, not before."""
    clock = Clock()
    clock.heard(progress(FIRST, 0))
    for count in (1, 2, 3):
        clock.heard(progress(FIRST + count, count))
    seconds = [clock.second]
    for ordinal in range(3):
        clock.signalled(said(ordinal))
        seconds.append(clock.second)
    assert seconds == [FIRST, FIRST + 1, FIRST + 2, FIRST + 3]


def test_signals_from_before_the_beginning_are_not_waited_for() -> None:
    """The guard begins behind 500 signals; the first progress that it reads counts them."""
    clock = Clock()
    clock.heard(progress(FIRST, 500))
    assert clock.second == FIRST
    clock.heard(progress(FIRST + 1, 501))
    assert clock.second == FIRST
    clock.signalled(said(500))
    assert clock.second == FIRST + 1


def test_what_waits_outlives_a_restart() -> None:
    """The state goes through its bytes between progress and signal."""
    clock = Clock()
    clock.heard(progress(FIRST, 0))
    clock.heard(progress(FIRST + 7, 1))
    again = Clock(unpack(pack(clock.snapshot())))
    again.signalled(said(0))
    assert (clock.second, again.second) == (FIRST, FIRST + 7)


def test_a_shard_whose_signals_are_missing_holds_all_back() -> None:
    """Time is the least of the shards; the other's progress does not move it."""
    clock = Clock()
    for partition in (0, 1):
        clock.heard(progress(FIRST, 0, partition))
        clock.heard(progress(FIRST + 9, 1, partition))
    clock.signalled(said(0, 1))
    assert clock.second == FIRST
    clock.signalled(said(0, 0))
    assert clock.second == FIRST + 9


def test_a_world_of_looks_tells_time() -> None:
    """The looks that other tests are made of count as a flow does."""
    clock, world = Clock(), World()
    world.seconds(3)
    for told in world.look().told:
        if told.topic == PROGRESS:
            clock.heard(told)
        elif told.topic == SIGNALS:
            clock.signalled(told)
    assert clock.second == FIRST + 3
