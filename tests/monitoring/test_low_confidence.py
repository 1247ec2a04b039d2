"""Periods of low confidence, and the file of markers: each once, however often it is looked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from flows.monitoring.confidence import Confidence, Period
from flows.monitoring.markers import mark
from tests.monitoring.monitor_records import START_S, calibration

HOUR, DAY = 3_600, 86_400
LINE = "2026-11-21T00:00:00+00:00,low_confidence_period,median_confid=0.52"


def periods(values: Sequence[float | None], step_s: int = 300, least_s: float = HOUR) -> list[Period]:
    """Return the periods below 0.55 of one symbol's figures, a record each ``step_s``."""
    found = Confidence()
    for place, value in reversed(list(enumerate(values))):
        hour = None if value is None else {"confid_median": value}
        found.put(calibration("BTCUSDT", START_S + place * step_s, hour=hour))
    return found.periods("lgbm", 0.55, least_s) if found.references() else []


def test_a_period_is_a_run_below_the_limit_that_lasts() -> None:
    """Twelve steps of five minutes are an hour; the first run may be the end of a longer one."""
    low, high = [0.52] * 13, [0.6]

    assert periods([*high, *low, *high]) == [(START_S + 300, START_S + 3_900, 0.52, False)]
    assert periods([*high, *low[1:], *high]) == []
    assert periods(low) == [(START_S, START_S + HOUR, 0.52, True)]
    assert periods([0.55] * 40) == []


def test_a_period_is_told_by_its_median_and_bridges_what_is_not_known() -> None:
    """Records without a figure are passed over; more than an hour without any ends it."""
    values = [0.50, None, None, *[0.51] * 6, *[0.54] * 5, None]
    assert periods([0.9, *values]) == [(START_S + 300, START_S + 4_200, 0.51, False)]
    assert periods([0.5, 0.5], step_s=HOUR) == [(START_S, START_S + HOUR, 0.5, True)]
    assert periods([0.5, 0.5], step_s=HOUR + 1) == []
    assert periods([None, None]) == []


def test_symbols_of_a_model_are_one_series() -> None:
    """By the median over those that have a figure at the time; models have series of their own."""
    found = Confidence()
    for step in range(13):
        for symbol, value in (("AUSDT", 0.51), ("BUSDT", 0.53), ("CUSDT", 0.99)):
            found.put(calibration(symbol, START_S + step * 300, hour={"confid_median": value}))
        found.put(calibration("AUSDT", START_S + step * 300, model="other", hour={"confid_median": 0.7}))

    assert found.references() == ["lgbm", "other"]
    assert found.periods("lgbm", 0.55, HOUR) == [(START_S, START_S + HOUR, 0.53, True)]
    assert found.periods("other", 0.55, HOUR) == []


def period(start_s: int = START_S, hours: int = 3, cut: bool = False) -> Period:
    return Period(start_s, start_s + hours * HOUR, 0.52, cut)


def test_a_marker_is_written_once(tmp_path: Path) -> None:
    """In the owner's words; a period that has gone on since is the same one."""
    path = tmp_path / "data" / "markers.csv"

    assert mark(path, [period()], 7 * DAY) == [LINE]
    assert mark(path, [period(hours=5)], 7 * DAY) == []
    assert mark(path, [period(), period(START_S + DAY)], 7 * DAY) == [LINE.replace("-21T", "-22T")]
    assert path.read_text() == f"{LINE}\n{LINE.replace('-21T', '-22T')}\n"


def test_lines_of_others_stay_as_they_are(tmp_path: Path) -> None:
    """Also one without an end, and one whose time cannot be read; a line by hand in another zone counts."""
    path = tmp_path / "markers.csv"
    path.write_text("yesterday,low_confidence_period,median_confid=0.38\n2026-11-21T01:00:00Z,deploy,v2")

    assert mark(path, [period()], 0.0) == [LINE]
    assert path.read_text().splitlines()[1:] == ["2026-11-21T01:00:00Z,deploy,v2", LINE]
    path.write_text("2026-11-21T04:00:00+03:00,low_confidence_period,median_confid=0.38\n")
    assert mark(path, [period()], 0.0) == []


def test_nothing_to_mark_makes_no_file(tmp_path: Path) -> None:
    """And touches none."""
    assert mark(tmp_path / "markers.csv", [], 7 * DAY) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("before_s", "new"), [(DAY, 1), (3 * DAY, 0)])
def test_a_period_whose_beginning_is_gone_was_marked_when_it_began(
    tmp_path: Path, before_s: float, new: int
) -> None:
    """If within the days that are looked back: records of the beginning go, and their line stays."""
    path = tmp_path / "markers.csv"
    mark(path, [period()], 0.0)

    assert len(mark(path, [period(START_S + 2 * DAY, cut=True)], before_s)) == new
