"""When ticks are due and where they go: the arithmetic by which signals are matched with ticks."""

from __future__ import annotations

from itertools import groupby

import pytest

from benchmarks.live.schedule import Schedule

S = 1_000_000_000


def test_due_times_are_evenly_spaced_and_do_not_drift() -> None:
    """Each is counted from the start, not from the one before."""
    schedule = Schedule(start_ns=10 * S, rate=3, partitions=1)
    assert [schedule.due(n) - 10 * S for n in range(4)] == [0, 333_333_333, 666_666_666, S]
    assert schedule.due(3_000_000) == 10 * S + 1_000_000 * S


@pytest.mark.parametrize(("partitions", "symbols"), [(1, 20), (4, 20), (16, 20), (3, 5)])
def test_the_nth_record_of_a_partition_is_the_nth_tick_sent_there(partitions: int, symbols: int) -> None:
    """Against a list of all ticks in the order of their sending."""
    schedule = Schedule(7, rate=1_000, partitions=partitions, symbols=symbols)
    ticks = sorted(range(3 * symbols + 2), key=schedule.partition)  # stable
    for partition, own in groupby(ticks, key=schedule.partition):
        due = [schedule.due(tick) for tick in own]
        assert [schedule.due_of(partition, offset) for offset in range(len(due))] == due


@pytest.mark.parametrize("ticks", [0, 1, 19, 20, 47])
def test_the_ends_of_the_partitions_are_the_ticks_counted(ticks: int) -> None:
    """With symbols that are not spread evenly."""
    schedule = Schedule(0, rate=1_000, partitions=16)
    counted = [sum(schedule.partition(n) == p for n in range(ticks)) for p in range(16)]
    assert schedule.ends(ticks) == counted


def test_seconds_count_whose_closing_ticks_are_all_sent_in_the_time_asked_for() -> None:
    """One second's end is at 11 s: the last of 20 symbols has its tick 19 ms behind it, at 1,000 a second."""
    schedule = Schedule(start_ns=10 * S + S // 2, rate=1_000, partitions=4)
    assert schedule.closings(0.0, 3.0) == [11 * S, 12 * S, 13 * S]
    assert schedule.closings(0.5, 2.5) == [11 * S, 12 * S]  # 13 s would close behind the end
    assert schedule.closings(0.6, 2.52) == [12 * S, 13 * S]
    assert schedule.closings(0.6, 2.519) == [12 * S]
