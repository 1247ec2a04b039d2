"""Scores of a day as running sums, against numpy over all of them."""

from __future__ import annotations

import numpy as np
import pytest

from flows.day_report.scores import Scores
from models.spec import SECOND
from tests.day_report.told import DAY_S, score


def test_means_and_correlations_are_numpys() -> None:
    """With parts far from zero, where plain sums of squares would lose their digits."""
    rng = np.random.default_rng(1)
    parts = 1e4 + rng.normal(size=(500, 3)) @ np.array([[1.0, 0.5, 0.0], [0.0, 1.0, -0.3], [0.0, 0.0, 1.0]])
    scores = Scores()
    for at, row in enumerate(parts.tolist()):
        scores.take(score(at, parts=tuple(row)))
    scores.take(score(600))
    found = scores.parts()
    assert found["n"] == 500
    assert found["means"] == pytest.approx(parts.mean(axis=0).tolist(), rel=1e-12)
    np.testing.assert_allclose(found["correlations"], np.corrcoef(parts.T), atol=1e-9)


def test_a_part_that_does_not_vary_has_no_correlation() -> None:
    """Null, not 0 and not 1; and parts that were never told have no mean."""
    scores = Scores()
    for at in range(3):
        scores.take(score(at, parts=(0.5, float(at), 0.1 * at)))
    correlations = scores.parts()["correlations"]
    assert correlations[0] == [None, None, None]
    assert correlations[1][2] == pytest.approx(1.0)
    assert Scores().parts()["means"] == [None, None, None]


def test_the_peak_hour_is_the_fullest_of_the_clock() -> None:
    """The first of equal ones; the mean is over the whole stretch, not over the minutes that had scores."""
    scores = Scores()
    for at in (10, 20, 3_700, 3_710, 7_300):
        scores.take(score(at))
    found = scores.cardinality(7_200.0)
    assert found["peak_hour"] == {"ts": DAY_S * SECOND, "count": 2}
    assert (found["total"], found["per_minute"], found["minutes_with_scores"]) == (5, 5 / 120, 3)
    assert Scores().cardinality(7_200.0)["total"] is None
