"""Latencies are counted from due times, and a live run gives every signal; never how fast anything was."""

from __future__ import annotations

import pytest

from benchmarks.ground import Ground
from benchmarks.live.heard import Heard, latencies
from benchmarks.live.latency import Measured, measured, rows
from benchmarks.live.open_feed import feed, value
from benchmarks.live.schedule import Schedule
from connectors.codecs.decode import Decoder

S, MS = 1_000_000_000, 1_000_000
AT = Schedule(start_ns=100 * S, rate=1_000, partitions=4)
"""Tick n is due n ms behind 100 s and is record n // 4 of partition n % 4."""


class Client:
    """A producer that notes what it is given."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, bytes, int, int]] = []

    def produce(self, topic: str, value: bytes, key: bytes, *, partition: int, timestamp: int) -> None:
        """Note a record."""
        self.sent.append((topic, value, key, partition, timestamp))

    def poll(self, seconds: float) -> None:
        """Serve nothing."""


def test_a_latency_begins_when_the_tick_before_the_offset_was_due() -> None:
    """Record 0 of partition 2 is tick 2, due at 2 ms; record 9 of partition 1 is tick 37, due at 37 ms."""
    heard = [Heard(100 * S + 12 * MS, 2, 1, 1, 100 * S), Heard(100 * S + 40 * MS, 1, 10, 1, 100 * S)]
    assert latencies(heard, [100 * S], AT, set()) == ([10.0, 3.0], 0)


def test_other_seconds_are_not_asked_for_and_beats_are_left_out() -> None:
    """A beat at the same offset has the next journal number; a tick behind it has the next offset."""
    beat, tick = Heard(101 * S, 2, 1, 2, 100 * S), Heard(100 * S + 7 * MS, 2, 2, 2, 100 * S)
    warm = Heard(100 * S + 8 * MS, 2, 2, 2, 99 * S)
    assert latencies([warm, beat, tick], [100 * S], AT, {(2, 1, 2)}) == ([1.0], 1)


def test_the_rows_hold_each_runs_percentiles_and_only_the_highest_rate_has_targets() -> None:
    """Half of a run's latencies are at most its p50."""
    runs = [Measured([float(n) for n in range(1, 101)], 3, 0.25, 0.5), Measured([2.0], 0, 0.5, 0.25)]
    found = rows(20_000, runs)
    assert [row.spread for row in found] == [(2.0, 50.0), (2.0, 99.0), (2.0, 100.0)]
    assert [row.target for row in found] == ["≤ 5.00 ms", "≤ 20.0 ms", None]
    assert [row.met for row in found] == [False, False, None]
    assert "101 signals" in found[0].note and "0.2, 0.5 ms" in found[0].note
    assert [row.target for row in rows(1_000, runs)] == [None, None, None]


def test_late_ticks_keep_their_due_times() -> None:
    """A feeder that begins long after its time sends everything at once, each with the time it was due."""
    client, schedule = Client(), Schedule(start_ns=1_700_000_000 * S, rate=1_000, partitions=4)
    late = feed(client, "ticks", schedule, 25)
    assert [sent[3] for sent in client.sent[:6]] == [0, 1, 2, 3, 0, 1]
    assert [sent[4] - 1_700_000_000_000 for sent in client.sent] == list(range(25))
    assert len(late) == 25 and min(late) > S
    ticks = Decoder().decode([sent[1] for sent in client.sent]).ticks
    assert ticks.ts.tolist() == [schedule.due(n) for n in range(25)]
    assert len(ticks.symbols) == 20


def test_every_tick_is_a_valid_one() -> None:
    """As the decoder sees it."""
    decoded = Decoder().decode([value(n % 20, n, 1_700_000_000 * S) for n in range(2_000)])
    assert len(decoded.ticks.ts) == 2_000
    assert 100.0 <= decoded.ticks.price.min() < decoded.ticks.price.max() < 101.0


@pytest.mark.embedded
@pytest.mark.bench
@pytest.mark.timeout(180)
def test_a_live_flow_is_measured(ground: Ground) -> None:
    """Every second behind the warm-up has a signal of each symbol, and none came before it was due."""
    run = measured(ground, "latency-tiny", 400, 4.0)
    assert (len(run.latencies) + run.by_beats) % 20 == 0
    assert run.latencies and min(run.latencies) > 0
