"""Histograms with bounds of two digits: what a quantile may be off by, and what it decides exactly."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.slo.histogram import (
    BOUNDS,
    Histogram,
    confid_median,
    confid_places,
    histogram,
    merged,
    quantile,
    sparse,
    total,
)

VALUES = st.lists(st.floats(0.01, 9_900_000.0), min_size=1, max_size=60)
OWNERS_LIMITS = (24, 40, 80, 100, 150, 200, 250, 300, 500, 1_000, 1_500, 2_000)


def confid_histogram(confid: list[float]) -> Histogram:
    return sparse(np.bincount(confid_places(np.array(confid))))


def true_quantile(values: list[float], share: float) -> float:
    """Return the smallest value that at least this share of the values do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values) - 1e-9) - 1)]


def test_bounds_are_all_numbers_of_two_digits() -> None:
    """From 0.01 on, ninety a decade, strictly rising."""
    assert BOUNDS[:3].tolist() == [0.01, 0.011, 0.012]
    assert BOUNDS[-1] == 9_900_000.0
    assert len(BOUNDS) == 9 * 90
    assert (np.diff(BOUNDS) > 0).all()
    assert set(OWNERS_LIMITS) <= set(BOUNDS.tolist())


@settings(max_examples=100, deadline=None)
@given(values=VALUES, share=st.sampled_from([0.5, 0.95, 0.99]))
def test_a_quantile_is_never_below_the_true_one_and_at_most_a_tenth_above(
    values: list[float], share: float
) -> None:
    """Ten per cent is the step from 10 to 11, the widest there is."""
    told, true = quantile(histogram(np.array(values)), share), true_quantile(values, share)
    assert told is not None
    assert true <= told <= true * 1.1 * (1 + 1e-12)


@settings(max_examples=100, deadline=None)
@given(values=VALUES, limit=st.sampled_from(OWNERS_LIMITS))
def test_whether_a_limit_is_exceeded_is_decided_exactly(values: list[float], limit: int) -> None:
    """The owner's limits have two digits at most, so each is a bound."""
    told = quantile(histogram(np.array(values)), 0.95)
    assert told is not None
    assert (told > limit) == (true_quantile(values, 0.95) > limit)


def test_small_whole_numbers_are_told_as_they_are() -> None:
    """A queue of 24 is not over 24."""
    assert [quantile(histogram(np.array([float(n)])), 0.95) for n in range(1, 100)] == list(range(1, 100))
    assert quantile(histogram(np.array([0.0])), 0.95) == 0.01


@settings(max_examples=50, deadline=None)
@given(parts=st.lists(VALUES, min_size=1, max_size=5))
def test_histograms_of_parts_add_up_to_that_of_the_whole(parts: list[list[float]]) -> None:
    """Whatever the order."""
    whole = histogram(np.array([value for part in parts for value in part]))
    assert merged(histogram(np.array(part)) for part in parts) == whole
    assert merged(histogram(np.array(part)) for part in reversed(parts)) == whole
    assert total(whole) == sum(map(len, parts))


def test_what_lies_above_all_bounds_counts_as_the_last_one() -> None:
    """And what is no number does not count."""
    assert histogram(np.array([1e12, np.nan, np.inf])) == {"809": 2}
    assert histogram(np.array([0.011])) == {"1": 1}
    assert histogram(np.array([])) == {}
    assert quantile({}, 0.95) is None


@settings(max_examples=100, deadline=None)
@given(confid=st.lists(st.floats(0.5, 1.0), min_size=1, max_size=60))
def test_the_median_of_confidence_is_exact_to_half_a_bucket(confid: list[float]) -> None:
    """Buckets are 0.005 wide and told by their middle."""
    told = confid_median(confid_histogram(confid))
    assert told == pytest.approx(true_quantile(confid, 0.5), abs=0.0025 + 1e-9)


def test_a_confidence_on_a_bound_belongs_above_it() -> None:
    """0.55 is in the bucket that begins with it, however the product is rounded."""
    edges = [0.5 + place / 200 for place in range(100)]
    assert confid_histogram(edges) == {str(place): 1 for place in range(100)}
    assert confid_histogram([1.0]) == {"99": 1}
    assert confid_median({}) is None


def test_whole_numbers_are_counted_each() -> None:
    """As the tenths of probabilities are; those that do not occur are left out."""
    assert sparse(np.bincount(np.array([5, 9, 5, 0]))) == {"0": 1, "5": 2, "9": 1}
