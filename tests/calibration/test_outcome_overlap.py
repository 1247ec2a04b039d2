"""Covariances of outcomes that overlap: against the bivariate normal, and against every pair of rows."""

from __future__ import annotations

import numpy as np
import pytest
from calibrated_scores import HORIZON
from scipy.special import ndtri
from scipy.stats import multivariate_normal

from models.market.block import DOWN, TIE, UNKNOWN, UP
from models.monitor.bucket import BUCKET_S, Answered
from models.monitor.calibration.cells import BUCKET_OF, CELLS, CENTRES, bucket_of, cell_of
from models.monitor.calibration.overlap import levels_of, outcome_correlation
from models.monitor.calibration.tally import LEAST_VARIANCE, Tally, tallies
from models.monitor.calibration.units import VARIANCE_ONE
from models.ticks import Floats

NO_ROWS, NO_PARTS = np.zeros(1, dtype=np.int64), np.zeros((1, 3), dtype=np.int64)


@pytest.mark.parametrize(("one", "other"), [(0, 0), (0, 41), (0, 1), (3, 8), (20, 21), (20, 35), (41, 41)])
@pytest.mark.parametrize("lag", [1, 10, 30, 59])
def test_the_correlation_of_outcomes_is_that_of_the_bivariate_normal(one: int, other: int, lag: int) -> None:
    """Of two ups at those scores whose horizons are ``lag`` apart."""
    p, q, r = CENTRES[one], CENTRES[other], 1 - lag / HORIZON
    both = multivariate_normal.cdf([ndtri(p), ndtri(q)], cov=[[1, r], [r, 1]])

    expected = (both - p * q) / np.sqrt(p * (1 - p) * q * (1 - q))
    assert outcome_correlation(HORIZON)[lag, one, other] == pytest.approx(expected, abs=1e-6)


def test_around_one_half_it_is_the_arc_sine_law() -> None:
    """2/pi asin(1 - d/h), but for the half a cell that the scores of a cell are off."""
    lag, middle = np.arange(1, HORIZON), CELLS // 2

    found = outcome_correlation(HORIZON)[lag, middle, middle]

    assert found == pytest.approx(2 / np.pi * np.arcsin(1 - lag / HORIZON), abs=1e-4)


def test_a_long_horizon_shares_correlations_between_lags() -> None:
    """So the table stays small: 240 levels for an hour."""
    assert levels_of(3_600) == 240
    assert outcome_correlation(3_600)[120, 20, 20] == pytest.approx(1 / 3, abs=1e-4)


def every_pair(answered: Answered, horizon: int) -> tuple[Floats, Floats]:
    """Return variances by cell and covariances by bucket, one pair of rows after the other."""
    own, blocks = np.zeros(CELLS), np.zeros((10, 10))
    prob, known = answered.prob[0], answered.outcome[0] >= DOWN
    known &= np.isfinite(prob)
    table = outcome_correlation(horizon)
    spread = np.sqrt(np.maximum(prob * (1 - prob), LEAST_VARIANCE))
    for j in range(horizon, horizon + BUCKET_S):
        for i in range(j - horizon + 1, j + 1):
            if not (known[i] and known[j]):
                continue
            (a, b), lag = cell_of(prob[[i, j]]).tolist(), j - i
            covariance = spread[j] ** 2 if lag == 0 else table[lag, a, b] * spread[i] * spread[j]
            own[a] += (a == b) * covariance * (1 if lag == 0 else 2)
            places = {(BUCKET_OF[a], BUCKET_OF[b]), (BUCKET_OF[b], BUCKET_OF[a])}
            for place in places:
                blocks[place] += covariance * (1 if lag == 0 or len(places) == 2 else 2)
    return own, blocks


@pytest.mark.parametrize("horizon", [1, 2, 60])
def test_a_bucket_counts_each_pair_once_also_across_its_beginning(horizon: int) -> None:
    """Pairs with rows of the bucket before belong to the later row; rows without an outcome to none."""
    random = np.random.default_rng(horizon)
    shape = (1, horizon + BUCKET_S)
    prob = np.where(random.random(shape) < 0.1, np.nan, random.choice([0.0, 0.3, 0.52, 0.57, 1.0], shape))
    answered = Answered("v", prob, random.choice([UP, DOWN, TIE, UNKNOWN], shape).astype(np.int8))

    tally = Tally(tallies(answered, np.zeros((1, BUCKET_S)), horizon, NO_ROWS, NO_PARTS)[0])

    own, blocks = every_pair(answered, horizon)
    assert tally.own / VARIANCE_ONE == pytest.approx(own, abs=1 / VARIANCE_ONE)
    assert tally.covariance == pytest.approx(blocks, abs=1 / VARIANCE_ONE)


def test_the_variance_of_drawn_outcomes_is_what_the_tally_says() -> None:
    """Labels of one random path at these very scores, drawn many times, summed by bucket."""
    random = np.random.default_rng(3)
    prob = np.clip(0.5 + 0.15 * np.sin(np.arange(BUCKET_S) / 40), 0.02, 0.98)
    answered = Answered(
        "v",
        np.concatenate([np.full(HORIZON, np.nan), prob])[None],
        np.full((1, HORIZON + BUCKET_S), UP, dtype=np.int8),
    )
    tally = Tally(tallies(answered, np.zeros((1, BUCKET_S)), HORIZON, NO_ROWS, NO_PARTS)[0])

    path = np.cumsum(random.standard_normal((20_000, BUCKET_S + HORIZON)), axis=1)
    up = path[:, HORIZON:] - path[:, :-HORIZON] > -ndtri(prob) * np.sqrt(HORIZON)
    sums = np.stack([(up - prob)[:, bucket_of(prob) == b].sum(axis=1) for b in range(3, 7)], axis=1)

    expected = np.cov(sums.T)
    assert tally.covariance[3:7, 3:7] == pytest.approx(expected, rel=0.05, abs=0.02 * expected.max())
