"""How long a model takes to answer, measured: one row as live, and batches of rows."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from itertools import cycle, islice
from time import perf_counter_ns
from typing import Any, NamedTuple

import numpy as np

from models.scoring.model import Model, ModelRows

HEIGHTS = (1, 20, 200)
WARM_UPS = 100
RUNS = 1_000


class Percentiles(NamedTuple):
    """Of the measured times, in milliseconds; each is a time that was measured, none is interpolated."""

    p50: float
    p90: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class Latency:
    """Times of one call of ``predict`` by the rows it was given."""

    by_height: Mapping[int, Percentiles]
    warm_ups: int
    runs: int
    machine: str

    @property
    def p95_ms(self) -> float:
        """Return the 95th percentile for one row, the figure of the gate."""
        return self.by_height[1].p95

    def as_dict(self) -> dict[str, Any]:
        """Return the card's ``latency_ms``: heights as text, since it goes into JSON."""
        return {
            "rows": {str(height): times._asdict() for height, times in self.by_height.items()},
            "warm_ups": self.warm_ups,
            "runs": self.runs,
            "machine": self.machine,
        }


def measure_latency(
    model: Model,
    rows: ModelRows,
    *,
    heights: tuple[int, ...] = HEIGHTS,
    warm_ups: int = WARM_UPS,
    runs: int = RUNS,
    clock: Callable[[], int] = perf_counter_ns,
) -> Latency:
    """Call the model on stretches of ``rows`` in turn; ``clock`` in nanoseconds. No answer is cached.

    Raises ValueError where there are fewer rows than the tallest batch.
    """
    if len(rows) < max(heights):
        raise ValueError(f"latency needs {max(heights)} rows, not {len(rows)}: take a longer history")
    measured = {
        height: _percentiles(_times(model, rows, height, warm_ups, runs, clock)) for height in heights
    }
    return Latency(measured, warm_ups, runs, f"{platform.machine()}, Python {platform.python_version()}")


def _times(
    model: Model, rows: ModelRows, height: int, warm_ups: int, runs: int, clock: Callable[[], int]
) -> list[int]:
    starts = range(0, len(rows) - height + 1, height)
    batches = [_stretch(rows, start, height) for start in islice(starts, warm_ups + runs)]
    times = []
    for batch in islice(cycle(batches), warm_ups + runs):
        begun = clock()
        model.predict(batch)
        times.append(clock() - begun)
    return times[warm_ups:]


def _stretch(rows: ModelRows, start: int, height: int) -> ModelRows:
    return ModelRows(*(getattr(rows, field.name)[start : start + height] for field in fields(ModelRows)))


def _percentiles(times: list[int]) -> Percentiles:
    return Percentiles(*(np.percentile(times, (50, 90, 95, 99), method="higher") / 1e6).tolist())
