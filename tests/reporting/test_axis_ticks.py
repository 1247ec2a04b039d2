"""Round values along an axis, of values and of time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reporting.drawing.ticks import ticks_around
from flows.reporting.drawing.time_ticks import SECOND_NS, time_ticks


@pytest.mark.parametrize(
    ("low", "high", "most", "values", "decimals"),
    [
        (0.0, 10.0, 6, (0, 2, 4, 6, 8, 10), 0),
        (0.0, 10.1, 6, (0, 5, 10, 15), 0),
        (998.2, 1_004.9, 5, (998, 1_000, 1_002, 1_004, 1_006), 0),
        (-3.67, 0.0, 5, (-4, -3, -2, -1, 0), 0),
        (0.0, 0.061, 5, (0, 0.02, 0.04, 0.06, 0.08), 2),
        (0.0, 1.0, 3, (0, 0.5, 1.0), 1),
        (1e6, 1e6 + 0.5, 6, (1e6, 1e6 + 0.1, 1e6 + 0.2, 1e6 + 0.3, 1e6 + 0.4, 1e6 + 0.5), 1),
    ],
)
def test_ticks_are_round_and_enclose(
    low: float, high: float, most: int, values: tuple[float, ...], decimals: int
) -> None:
    """Steps are 1, 2 or 5 times a power of ten, and no wider than they must be."""
    assert ticks_around(low, high, most) == (pytest.approx(values), decimals)


@given(
    st.floats(-1e6, 1e6), st.floats(1e-6, 1e9), st.integers(2, 12)
)  # fmt: skip
def test_any_range_is_enclosed_by_few_ticks(spans: float, span: float, most: int) -> None:
    """A range that lies so many times itself from zero: its ticks are few, ascend and hold it."""
    low = spans * span
    found = ticks_around(low, low + span, most)
    slack = 1e-6 * (found.values[1] - found.values[0])
    assert 2 <= len(found.values) <= most
    assert found.low - slack <= low
    assert low + span <= found.high + slack
    assert list(found.values) == sorted(set(found.values))


def ns(*when: int) -> int:
    """Return a UTC time in ns."""
    return int(datetime(*when, tzinfo=UTC).timestamp()) * SECOND_NS  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("start", "end", "most", "labels"),
    [
        ((2026, 11, 20), (2026, 11, 20, 12), 5, ["20 Nov", "03:00", "06:00", "09:00", "12:00"]),
        ((2026, 11, 20, 10, 0, 30), (2026, 11, 20, 10, 4), 11, ["10:01", "10:02", "10:03", "10:04"]),
        ((2026, 11, 20, 18), (2026, 11, 21, 18), 5, ["18:00", "21 Nov", "06:00", "12:00", "18:00"]),
        ((2026, 11, 20), (2026, 11, 24), 5, ["20 Nov", "21 Nov", "22 Nov", "23 Nov", "24 Nov"]),
        ((2026, 11, 20), (2027, 2, 18), 4, ["Dec", "2027", "Feb"]),
        ((2020, 6, 1), (2026, 6, 1), 4, ["2022", "2024", "2026"]),
        ((2026, 11, 20, 10, 0, 1), (2026, 11, 20, 10, 0, 59), 4, []),
    ],
)  # fmt: skip
def test_times_are_round_in_utc(
    start: tuple[int, ...], end: tuple[int, ...], most: int, labels: list[str]
) -> None:
    """Midnight shows the date and January the year, so that no label needs both."""
    found = time_ticks(ns(*start), ns(*end), most)
    assert [tick.label for tick in found] == labels
    assert all(ns(*start) <= tick.ts <= ns(*end) for tick in found)
