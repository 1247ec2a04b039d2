"""That flows and sinks are measured over the same records; never how fast anything was."""

from __future__ import annotations

import pytest

from benchmarks.backlog import exactly_once
from benchmarks.backlog.exactly_once import sink_rows
from benchmarks.errors import BenchmarkError
from benchmarks.ground import Ground


def told(seconds: float, published: float = 80.0) -> list[dict[str, float]]:
    """Return what a worker tells of 100 ticks."""
    return [{"records": 100.0, "seconds": seconds, "cpu": seconds, "published": published}]


def test_the_sinks_share_is_what_it_adds_to_the_time() -> None:
    """Four seconds without, five with it: a fifth."""
    off, plain = sink_rows("recorded 5", {"none": told(4.0), "plain": told(4.5), "exact": told(5.0)})
    assert (off.ours, off.against, off.ratio) == (20.0, 25.0, 0.8)
    assert "20 % of the time" in off.note and "0.80 records a tick" in off.note
    assert plain.ratio == pytest.approx(0.9)


def test_sinks_that_had_other_records_are_not_compared() -> None:
    """They would not have done the same."""
    with pytest.raises(BenchmarkError, match="different numbers"):
        sink_rows("recorded 5", {"none": told(4.0), "plain": told(4.5), "exact": told(5.0, 79.0)})


@pytest.mark.embedded
@pytest.mark.bench
@pytest.mark.timeout(240)
def test_the_costs_are_measured(ground: Ground) -> None:
    """Every row compares two speeds; there are no transactions on a mock broker."""
    rows = exactly_once.run(ground)
    assert len(rows) == 3
    assert all(row.ours > 0 and row.ratio is not None for row in rows)
