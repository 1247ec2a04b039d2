"""That one process and two work the same backlog off, and what is said of it; never how fast anything was."""

from __future__ import annotations

import pytest

from benchmarks.backlog.processes import Speeds, rows, speeds
from benchmarks.ground import Ground


def test_the_rows_tell_the_measured_ratio_and_that_of_the_work_apart() -> None:
    """Only the measured one has a target."""
    one = [Speeds(100.0, [110.0], [0.9])]
    two = [Speeds(150.0, [100.0, 98.0], [0.75, 0.7])]
    measured, added_up = rows("dense 1000", one, two)
    assert (measured.ratio, measured.target, measured.met) == (1.5, "≥ 1.70 of it", False)
    assert "0.75 and 0.70 of a core" in measured.note and "0.90 of its own core" in measured.note
    assert (added_up.ratio, added_up.target) == (1.8, None)


@pytest.mark.embedded
@pytest.mark.bench
@pytest.mark.timeout(180)
def test_two_processes_share_a_backlog(ground: Ground) -> None:
    """Each works off its own shards, and both together the whole topic."""
    found = speeds(ground, ground.recorded(), "tiny", 2)
    assert found.rate > 0
    assert len(found.per_cpu_second) == len(found.shares) == 2 and min(found.per_cpu_second) > 0
