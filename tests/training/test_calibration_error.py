"""Expected calibration error: by hand, against a loop over bins, and what perfect calibration leaves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.training.judging.calibration_error import ece, mass_bins, width_bins
from models.training.judging.calibration_floor import ece_floor, ece_floors, outcome_correlation

HOUR = np.arange(3_600)


def test_an_error_by_hand() -> None:
    """Two scores in [0.2, 0.3) with one up of two, two in [0.9, 1] with both: (2 * 0.25 + 2 * 0.05) / 4."""
    prob = np.array([0.2, 0.3 - 1e-12, 0.9, 1.0])

    assert ece([0, 1, 1, 1], prob) == pytest.approx((2 * 0.25 + 2 * 0.05) / 4, abs=1e-11)
    assert ece([0, 1, 1, 1], prob, bins=1) == pytest.approx(0.75 - 2.4 / 4, abs=1e-11)
    assert ece([0, 1, 1, 1], prob, bins=2, equal_mass=True) == pytest.approx(0.15, abs=1e-11)


def test_edges_belong_to_the_bin_above_and_one_to_the_last() -> None:
    """As in a histogram."""
    assert width_bins(np.array([0.0, 0.099, 0.1, 0.5, 0.9, 1.0])).tolist() == [0, 0, 1, 5, 9, 9]


def test_equal_scores_share_a_bin_of_equal_mass() -> None:
    """That of their middle rank: bins of ten rows by fives would cut the four 0.5 in two."""
    prob = np.array([0.1, 0.2, 0.3, 0.5, 0.5, 0.5, 0.5, 0.7, 0.8, 0.9])

    assert mass_bins(prob, 5).tolist() == [0, 0, 1, 2, 2, 2, 2, 3, 4, 4]
    assert mass_bins(prob[::-1].copy(), 5).tolist() == [4, 4, 3, 2, 2, 2, 2, 1, 0, 0]


@given(prob=arrays(float, st.integers(1, 60), elements=st.floats(0, 1)), seed=st.integers(0, 9))
def test_both_errors_are_those_of_a_loop_over_bins(prob: np.ndarray, seed: int) -> None:
    """Whatever the scores, and whatever the order of the rows."""
    up = np.random.default_rng(seed).random(len(prob)) < 0.5
    for equal_mass, place in ((False, width_bins(prob)), (True, mass_bins(prob))):
        each = [place == b for b in range(10)]
        expected = sum(
            inside.sum() / len(prob) * abs(prob[inside].mean() - up[inside].mean())
            for inside in each
            if inside.any()
        )

        assert ece(up, prob, equal_mass=equal_mass) == pytest.approx(expected, abs=1e-12)
        assert ece(up[::-1], prob[::-1], equal_mass=equal_mass) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("label", "n"), [([], 0), ([1, 0], 1)])
def test_no_rows_or_uneven_ones_are_refused(label: list[int], n: int) -> None:
    """Instead of an answer that looks perfect."""
    with pytest.raises(ValueError, match="a score for each label"):
        ece(label, np.zeros(n))


def test_the_floor_of_independent_outcomes_is_what_drawn_ones_show() -> None:
    """One score, one bin: |mean of n coin tosses - 1/2|, half-normal with median 0.337 / sqrt(n)."""
    floor = ece_floor(np.full(3_600, 0.5), HOUR, 60, seed=1)

    assert floor.independent_median == pytest.approx(0.6745 * 0.5 / 60, rel=0.15)
    assert floor.independent_q95 == pytest.approx(1.96 * 0.5 / 60, rel=0.15)


def test_overlapping_outcomes_raise_the_floor() -> None:
    """The mean of 60 horizons an hour, not of 3,600 tosses: about sqrt(2/3 * 60) times as far off."""
    floor = ece_floor(np.full(3_600, 0.5), HOUR, 60, seed=1)

    assert 5 < floor.median / floor.independent_median < 8


def test_a_horizon_of_one_second_overlaps_with_nothing() -> None:
    """Then both floors agree."""
    floor = ece_floor(np.random.default_rng(2).beta(8, 8, 3_600), HOUR, 1, seed=1)

    assert floor.median == pytest.approx(floor.independent_median, rel=0.1)


def test_an_hour_of_scores_has_the_floor_that_was_measured_on_its_own() -> None:
    """Scores over all ten bins each second, 60 s ahead: a median of about 0.08 against about 0.014."""
    prob = np.random.default_rng(3).uniform(0, 1, 3_600)
    persistent = np.sort(prob)  # a score that hardly changes within a horizon

    assert ece_floor(persistent, HOUR, 60, seed=1).median == pytest.approx(0.08, abs=0.03)
    assert ece_floor(persistent, HOUR, 60, seed=1).independent_median == pytest.approx(0.019, abs=0.004)


def test_an_honest_coin_on_a_random_walk_is_above_the_median_half_of_the_time() -> None:
    """And above the upper end in one history of twenty: the labels here come from a price, not from us."""
    prob = 0.5 + np.random.default_rng(5).normal(0, 0.003, 3_600)
    floor, found = ece_floor(prob, HOUR, 60, seed=1), []
    for seed in range(200):
        price = np.random.default_rng(seed).standard_normal(3_660).cumsum()
        found.append(ece(price[60:] > price[:-60], prob))

    assert np.mean(np.array(found) > floor.median) == pytest.approx(0.5, abs=0.1)
    assert np.mean(np.array(found) > floor.q95) == pytest.approx(0.05, abs=0.035)


def test_labels_are_drawn_with_the_probability_of_their_scores() -> None:
    """So the floor of extreme scores is that of rare outcomes, and of certain ones nothing."""
    rare = ece_floor(np.full(36_000, 0.02), np.arange(36_000), 60, seed=1)

    assert rare.independent_median == pytest.approx(0.6745 * np.sqrt(0.02 * 0.98 / 36_000), rel=0.15)
    assert ece_floor(np.tile([0.0, 1.0], 50), np.arange(100), 60, seed=1).q95 == 0


def test_symbols_that_move_together_are_worth_less() -> None:
    """Ten that move as one have the floor of one, ten apart that of ten times the time."""
    prob, second, code = np.full(36_000, 0.5), np.repeat(HOUR, 10), np.tile(np.arange(10), 3_600)
    apart, as_one = (
        ece_floor(prob, second, 60, code=code, correlation=c, seed=1, draws=150).median for c in (0, 1)
    )

    assert as_one / apart == pytest.approx(np.sqrt(10), rel=0.25)


def test_long_gaps_cost_neither_time_nor_memory() -> None:
    """Two stretches a century apart are as good as two stretches an hour apart."""
    prob = np.full(200, 0.5)
    near, far = (
        ece_floor(prob, np.r_[0:100, gap : gap + 100], 60, seed=1) for gap in (3_600, 100 * 365 * 86_400)
    )

    assert near == far


def test_the_same_seed_gives_the_same_floor_for_each_way_to_bin() -> None:
    """Whether asked for alone or together."""
    prob = np.random.default_rng(4).beta(5, 5, 600)
    second = np.arange(600)
    both = ece_floors(prob, second, 60, [width_bins(prob), mass_bins(prob)], correlation=0.0, seed=5)

    assert both[0] == ece_floor(prob, second, 60, seed=5)
    assert both[1] == ece_floor(prob, second, 60, seed=5, equal_mass=True)
    assert both[0].draws == 400 and set(both[0].as_dict()) == set(both[0].__dataclass_fields__)


@pytest.mark.parametrize("true", [0.0, 0.5, 0.9])
def test_the_correlation_of_symbols_is_found_from_their_labels(true: float) -> None:
    """Of the drivers, not of the labels: those of normal drivers at 0.5 agree in two of three seconds."""
    random = np.random.default_rng(6)
    common, own = random.standard_normal((20_000, 1)), random.standard_normal((20_000, 3))
    up = np.sqrt(true) * common + np.sqrt(1 - true) * own > 0

    found = outcome_correlation(up.ravel().astype(float), np.repeat(np.arange(20_000), 3))

    assert found == pytest.approx(true, abs=0.03)


def test_one_symbol_or_one_outcome_has_no_correlation() -> None:
    """Nothing to compare."""
    assert outcome_correlation(np.array([0.0, 1.0, 1.0]), np.arange(3)) == 0
    assert outcome_correlation(np.ones(4), np.repeat([0, 1], 2)) == 0
