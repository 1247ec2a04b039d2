"""What counts as caught up after a kill; never how fast anything was."""

from __future__ import annotations

import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.ground import Ground
from benchmarks.live.recovery import Published, caught_up, measured

S = 1_000_000_000


def published(partition: int, came: float, due: float) -> Published:
    """Return a progress record; times in seconds."""
    return Published(partition, int(came * S), int(due * S))


def test_the_last_shard_counts_at_its_first_record_at_most_a_second_behind() -> None:
    """Killed at 10 s, gone at 10.1 s."""
    found = [
        published(0, 10.2, 10.0),  # of the dead process
        published(0, 13.0, 11.0),  # catching up
        published(0, 13.5, 12.5),
        published(0, 14.0, 14.0),
        published(1, 13.25, 13.0),
        published(1, 15.0, 15.0),
    ]
    assert caught_up(found, 10 * S, int(10.1 * S), shards=2) == 3.5


def test_a_shard_that_stays_behind_is_an_error() -> None:
    """Nothing is said about it instead."""
    found = [published(0, 13.0, 12.5), published(1, 14.0, 12.0)]
    with pytest.raises(BenchmarkError, match="1 shards did not catch up"):
        caught_up(found, 10 * S, 10 * S, shards=2)


@pytest.mark.embedded
@pytest.mark.bench
@pytest.mark.timeout(180)
def test_a_killed_flow_is_measured(ground: Ground) -> None:
    """It is started again and catches up."""
    [took] = measured(ground, "recovery-tiny", 400, 1, warm_s=0.5, apart_s=1.5)
    assert took > 0
