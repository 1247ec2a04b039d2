"""The figures of a model: against scikit-learn, brute force and arithmetic, with the rows that have none."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    brier_score_loss,
    cohen_kappa_score,
    roc_auc_score,
)
from sklearn.metrics import log_loss as sklearn_log_loss

from models.market.block import DOWN, STALE, TIE, UNKNOWN, UP
from models.training.judging.blocks import Blocks
from models.training.judging.calibration_error import ece
from models.training.judging.influence import auc_influence, average_precision_influence, kappa_influence
from models.training.judging.metrics import MEASURED, Metrics, NoRowsError, measure
from models.training.judging.murphy import decompose
from models.training.judging.reliability import reliability

N = 3_000


def scored(seed: int = 1, grain: int = 1_000) -> tuple[np.ndarray, np.ndarray]:
    """Return outcomes and calibrated scores with ``grain`` steps."""
    random = np.random.default_rng(seed)
    prob = np.round(random.beta(4, 4, N) * grain) / grain
    return np.where(random.random(N) < prob, UP, DOWN).astype(np.int8), prob


def figures(outcome: np.ndarray, prob: np.ndarray, entry: float = 0.55, exit: float = 0.45) -> Metrics:
    """Measure rows of one symbol, one a second, one second ahead."""
    none = np.zeros(len(prob), dtype=np.int64)
    return measure(
        outcome, prob, np.arange(len(prob)), none, horizon_s=1, entry=entry, exit=exit, seed=1, draws=200
    )


@pytest.mark.parametrize("grain", [1_000, 8], ids=["fine", "many ties"])
def test_values_are_those_of_scikit_learn(grain: int) -> None:
    """For accuracy, kappa, AUC, average precision, log-loss, Brier and, by our own function, ECE."""
    outcome, prob = scored(grain=grain)
    up, found = outcome == UP, figures(outcome, prob)

    assert {name: getattr(found, name).value for name in MEASURED if name != "hit_rate"} == pytest.approx(
        {
            "accuracy": accuracy_score(up, prob >= 0.5),
            "auc": roc_auc_score(up, prob),
            "pr_auc": average_precision_score(up, prob),
            "kappa": cohen_kappa_score(up, prob >= 0.5),
            "brier": brier_score_loss(up, prob),
            "log_loss": sklearn_log_loss(up, prob),
            "log_loss_saved": sklearn_log_loss(up, np.full(N, up.mean())) - sklearn_log_loss(up, prob),
            "ece": ece(up, prob),
            "ece_equal_mass": ece(up, prob, equal_mass=True),
        }
    )


def test_a_hit_is_a_right_answer_where_the_policy_acts() -> None:
    """At 0.6 it buys, at 0.4 it sells, between it holds its tongue."""
    found = figures(np.array([1, 0, 1, 1, 0], dtype=np.int8), np.array([0.6, 0.7, 0.5, 0.4, 0.1]), 0.6, 0.4)

    assert found.hit_rate is not None
    assert (found.hit_rate.value, found.hit_rate.n, found.counts.acted) == (0.5, 4, 4)
    assert figures(np.array([1, 0], dtype=np.int8), np.array([0.5, 0.5])).hit_rate is None


def test_saved_loss_is_judged_row_by_row() -> None:
    """Its interval is far narrower than that of the loss, and above 0 only for scores that tell something."""
    outcome, prob = scored()
    sharp, blunt = figures(outcome, prob), figures(outcome, np.full(N, 0.52))

    assert sharp.log_loss_saved.low > 0 > blunt.log_loss_saved.low
    loss, saved = sharp.log_loss, blunt.log_loss_saved
    assert saved.high - saved.low < (loss.high - loss.low) / 3


def test_rows_without_an_outcome_are_counted_and_left_out() -> None:
    """Ties, stale prices, horizons past the end."""
    outcome, prob = scored()
    mixed = np.concatenate([outcome, np.repeat([TIE, STALE, UNKNOWN], [5, 6, 7])]).astype(np.int8)
    found = figures(mixed, np.concatenate([prob, np.full(18, 0.99)]))

    assert found.counts == (
        3_018,
        3_000,
        (outcome == UP).sum(),
        (outcome == DOWN).sum(),
        5,
        6,
        7,
        found.counts.acted,
    )
    assert found.accuracy.n == 3_000
    assert found.accuracy.value == figures(outcome, prob).accuracy.value


def test_no_row_with_an_outcome_is_an_error_that_says_what_to_do() -> None:
    """Not a row of zeros."""
    with pytest.raises(NoRowsError, match="take a longer history"):
        figures(np.array([TIE, UNKNOWN], dtype=np.int8), np.array([0.5, 0.5]))


def test_with_one_outcome_alone_there_is_nothing_to_tell_apart() -> None:
    """No AUC, no average precision, no kappa."""
    found = figures(np.ones(400, dtype=np.int8), np.linspace(0.4, 0.6, 400))

    assert (found.auc, found.pr_auc, found.kappa) == (None, None, None)
    assert found.base.majority == 1 and found.base.log_loss == 0


def test_knowing_nothing_is_measured_too() -> None:
    """30 ups of 100: 0.7 right, entropy of 0.3, variance of 0.3."""
    found = figures(np.repeat([UP, DOWN], [30, 70]).astype(np.int8), np.full(100, 0.3))

    assert found.base == pytest.approx((0.3, 0.7, 0.6108643, 0.21))
    assert found.accuracy.value == found.base.majority
    assert found.log_loss.value == pytest.approx(found.base.log_loss)


def test_scores_of_exactly_zero_or_one_have_a_finite_loss() -> None:
    """Clipped by the machine's epsilon, as scikit-learn does."""
    found = figures(np.array([1, 0], dtype=np.int8), np.array([0.0, 1.0]))

    assert found.log_loss.value == pytest.approx(36.04, abs=0.01)


def test_the_parts_of_the_brier_score_add_up() -> None:
    """reliability - resolution + uncertainty + within bins, exactly; by hand for two bins."""
    prob, up = np.array([0.1, 0.1, 0.8, 0.8]), np.array([False, True, True, True])
    parts = decompose(up, prob)

    assert parts.reliability == pytest.approx((0.4**2 + 0.2**2) / 2)
    assert parts.resolution == pytest.approx(0.25**2)
    assert parts.uncertainty == pytest.approx(0.1875)
    assert parts.within_bins == pytest.approx(0, abs=1e-12)

    outcome, prob = scored()
    parts = decompose(outcome == UP, prob)
    total = parts.reliability - parts.resolution + parts.uncertainty + parts.within_bins
    assert total == pytest.approx(figures(outcome, prob).brier.value, abs=1e-15)
    assert parts.within_bins != 0


STATISTICS = {
    "auc": (auc_influence, lambda up, prob, w: roc_auc_score(up, prob, sample_weight=w)),
    "average precision": (
        average_precision_influence,
        lambda up, prob, w: average_precision_score(up, prob, sample_weight=w),
    ),
    "kappa": (
        lambda up, prob: kappa_influence(up, prob >= 0.5),
        lambda up, prob, w: cohen_kappa_score(up, prob >= 0.5, sample_weight=w),
    ),
}


@pytest.mark.parametrize("name", STATISTICS)
@pytest.mark.parametrize("grain", [1_000, 8], ids=["fine", "many ties"])
def test_influence_is_the_derivative_by_a_rows_weight(name: str, grain: int) -> None:
    """Against scikit-learn with one row weighing a little more."""
    influence, statistic = STATISTICS[name]
    outcome, prob = scored(grain=grain)
    up, prob = outcome[:300] == UP, prob[:300]
    found = influence(up, prob)

    assert found.mean() == pytest.approx(0, abs=1e-12)
    for row in range(0, 300, 7):
        step = 1e-6 * (np.arange(300) == row)
        slope = (statistic(up, prob, 1 + step) - statistic(up, prob, 1 - step)) / 2e-6
        assert found[row] / 300 == pytest.approx(slope, abs=1e-8)


@pytest.mark.parametrize("name", STATISTICS)
def test_its_interval_is_that_of_computing_the_statistic_again(name: str) -> None:
    """As wide as by resampling rows and calling scikit-learn 300 times."""
    outcome, prob = scored()
    up = outcome == UP
    random, statistic = np.random.default_rng(9), STATISTICS[name][1]
    again = [statistic(up, prob, np.bincount(random.integers(0, N, N), minlength=N)) for _ in range(300)]
    found = getattr(figures(outcome, prob), {"average precision": "pr_auc"}.get(name, name))

    assert found.high - found.low == pytest.approx(np.diff(np.quantile(again, [0.025, 0.975]))[0], rel=0.2)


def test_a_reliability_bin_counts_its_rows_and_knows_its_error() -> None:
    """Bins without a row are there, and empty."""
    random = np.random.default_rng(3)
    prob = np.where(np.arange(10_000) % 2 == 0, 0.42, 0.68)
    found = reliability(random.random(10_000) < prob, prob, Blocks(np.arange(10_000), 1, seed=1))

    assert [each.count for each in found] == [0, 0, 0, 0, 5_000, 0, 5_000, 0, 0, 0]
    assert (found[4].left, found[4].right, found[4].mean_prob) == pytest.approx((0.4, 0.5, 0.42))
    assert found[4].low < 0.42 < found[4].high and found[6].low < 0.68 < found[6].high
    assert found[4].high - found[4].low == pytest.approx(2 * 1.96 * np.sqrt(0.42 * 0.58 / 5_000), rel=0.15)
    assert found[0].as_dict() == {
        **{"left": 0.0, "right": 0.1, "count": 0},
        **dict.fromkeys(("mean_prob", "mean_label", "low", "high")),
    }


def test_a_calibrated_models_error_is_about_its_floor() -> None:
    """And that of a boastful one is far above it."""
    outcome, prob = scored()
    honest, boastful = figures(outcome, prob), figures(outcome, np.where(prob > 0.5, 0.95, 0.05))

    assert honest.ece.value < honest.ece_floor.q95
    assert boastful.ece.value > 5 * boastful.ece_floor.q95


def test_figures_go_into_json_as_they_are() -> None:
    """Plain numbers, no NaN: what a card is written from."""
    found = figures(*scored()).as_dict()

    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert set(found) == {
        "counts", "seconds", "block_s", "symbol_correlation", "base", *MEASURED, "murphy", "ece_floor",
        "ece_equal_mass_floor", "reliability",
    }  # fmt: skip
