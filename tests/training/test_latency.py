"""The latency of a model is that of its calls, after the warm-ups, by a clock one can read."""

from __future__ import annotations

import numpy as np
import pytest

from flows.training.latency import measure_latency
from models.market.schema import NAMES
from models.scoring.constant import Constant
from models.scoring.model import ModelRows


class Slow(Constant):
    """Takes a microsecond a row, and a thousand times as long in its first hundred calls and every 20th."""

    def __init__(self) -> None:
        super().__init__(0.5)
        self.now = 0
        self.heights: list[int] = []

    def predict(self, rows: ModelRows) -> np.ndarray:
        """Let the time pass."""
        calls = self.heights.count(len(rows))
        self.heights.append(len(rows))
        self.now += len(rows) * (1_000_000 if calls < 100 or calls % 20 == 0 else 1_000)
        return super().predict(rows)


def rows(n: int) -> ModelRows:
    """Return rows whose content does not matter."""
    return ModelRows(
        np.zeros((n, len(NAMES))), np.arange(n), np.zeros(n, dtype=np.int64), np.full((n, 3), 1 / 3)
    )


def test_warm_ups_are_left_out_and_the_slow_tail_is_not() -> None:
    """1,000 calls after 100: one in twenty takes a thousand times as long."""
    model = Slow()
    found = measure_latency(model, rows(500), clock=lambda: model.now)

    assert [model.heights.count(h) for h in (1, 20, 200)] == [1_100, 1_100, 1_100]
    assert found.by_height[1] == (0.001, 0.001, 1.0, 1.0)
    assert found.by_height[200].p50 == pytest.approx(0.2)
    assert found.p95_ms == found.by_height[1].p95


def test_it_goes_into_a_card_with_what_was_done() -> None:
    """Heights, percentiles, warm-ups, runs, machine."""
    model = Slow()
    card = measure_latency(
        model, rows(20), heights=(1, 20), warm_ups=3, runs=7, clock=lambda: model.now
    ).as_dict()

    assert {height: set(times) for height, times in card["rows"].items()} == {
        "1": {"p50", "p90", "p95", "p99"}, "20": {"p50", "p90", "p95", "p99"},
    }  # fmt: skip
    assert (card["warm_ups"], card["runs"]) == (3, 7) and "Python 3" in card["machine"]


def test_a_real_clock_measures_something() -> None:
    """More than nothing, for each percentile no less than the one before."""
    found = measure_latency(Constant(0.5), rows(200), warm_ups=5, runs=50)

    for times in found.by_height.values():
        assert 0 < times.p50 <= times.p90 <= times.p95 <= times.p99


def test_too_few_rows_are_refused() -> None:
    """With what to do about it."""
    with pytest.raises(ValueError, match="needs 200 rows, not 199"):
        measure_latency(Constant(0.5), rows(199))
