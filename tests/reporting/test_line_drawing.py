"""Lines with no more points than can be seen, gaps and all."""

from __future__ import annotations

import numpy as np
import pytest

from flows.reporting.drawing.paths import area, band, line
from flows.reporting.drawing.pooling import pooled
from flows.reporting.drawing.readout import edges, shown_places
from flows.reporting.drawing.thinning import thinned

NAN = float("nan")


def test_a_short_line_is_drawn_as_it_is() -> None:
    """There is nothing to leave out where each pixel has few points."""
    assert thinned(np.linspace(0, 10, 40), np.zeros(40), 10).tolist() == list(range(40))


def test_each_pixel_keeps_its_first_least_greatest_and_last() -> None:
    """What is left out lies within what is drawn: asked of every pixel, point by point."""
    rng = np.random.default_rng(6)
    x, y = np.sort(rng.uniform(0, 50, 3_000)), rng.normal(size=3_000)
    kept = set(thinned(x, y, 50).tolist())
    columns: dict[int, list[int]] = {}
    for place in range(3_000):
        columns.setdefault(int(x[place] - x[0]), []).append(place)
    wanted = set()
    for places in columns.values():
        wanted |= {places[0], places[-1], min(places, key=y.__getitem__), max(places, key=y.__getitem__)}
    assert kept == wanted
    assert len(kept) <= 4 * 50


def test_a_gap_stays_a_gap() -> None:
    """A pixel in which a value is missing breaks the line."""
    y = np.arange(1_000.0)
    y[503] = NAN
    assert 503 in thinned(np.linspace(0, 9.99, 1_000), y, 10)


def test_a_line_is_broken_where_a_value_is_missing() -> None:
    """A point alone becomes a dot: a line of no length with round ends."""
    x = np.array([0.0, 10, 20, 30, 40])
    assert line(x, np.array([1.0, 2.5, NAN, 4, NAN])) == "M0,1L10,2.5M30,4L30,4"
    assert line(x, np.full(5, NAN)) == ""


def test_an_area_closes_along_its_base_and_a_band_along_its_other_side() -> None:
    """Each stretch by itself."""
    x = np.array([0.0, 10, 20])
    assert area(x, np.array([1.0, 2, NAN]), 9.0) == "M0,1L10,2L10,9L0,9Z"
    assert band(x, np.array([1.0, 2, 3]), np.array([4.0, 5, 6])) == "M0,1L10,2L20,3L20,6L10,5L0,4Z"


def test_stretches_have_their_least_median_and_greatest() -> None:
    """The last one may be shorter; one without a value has none."""
    found = pooled(np.array([3.0, 1, 2, NAN, NAN, NAN, 5]), 3)
    assert (found.each, found.places.tolist()) == (3, [1, 4, 6])
    np.testing.assert_array_equal(found.low, [1, NAN, 5])
    np.testing.assert_array_equal(found.middle, [2, NAN, 5])
    np.testing.assert_array_equal(found.high, [3, NAN, 5])


def test_few_points_are_stretches_of_their_own() -> None:
    """So that nothing is pooled that can be shown."""
    found = pooled(np.array([3.0, 1]), 60)
    assert (found.each, found.places.tolist(), found.middle.tolist()) == (1, [0, 1], [3, 1])


@pytest.mark.parametrize(
    ("ts", "strips", "places"),
    [([0, 10, 20], 5, [0, 1, 2]), (list(range(0, 101, 10)), 3, [0, 5, 10]), ([0, 1, 2, 99, 100], 2, [0, 4])],
)
def test_the_pointer_finds_the_nearest_of_even_places(ts: list[int], strips: int, places: list[int]) -> None:
    """Every point where they are few."""
    assert shown_places(np.array(ts), strips).tolist() == places


def test_strips_reach_half_way_to_their_neighbours() -> None:
    """The outer ones to the edges of the chart."""
    assert list(edges([10.0, 20.0, 40.0], 5.0, 50.0)) == [(5, 15), (15, 30), (30, 50)]
