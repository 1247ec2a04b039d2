"""Figures of pairs with their intervals: by hand, and how often they hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t
from shadow.told_blocks import blocks_of, with_bins

from models.shadow.blocks import Blocks
from models.shadow.comparison import compare, samples
from models.shadow.intervals import BATCHES, Figure, batched, ece, ece_difference, mean_figure


def test_blocks_are_pooled_into_batches_of_equal_length() -> None:
    """Those left over join the last."""
    assert batched(np.arange(5.0)).tolist() == [0, 1, 2, 3, 4]
    pooled = batched(np.ones(3 * BATCHES + 2))
    assert pooled.tolist() == [3.0] * (BATCHES - 1) + [5.0]


def test_a_mean_and_its_interval_by_hand() -> None:
    """Student's t of eight batches, for sums over counts that differ, and the overlap of neighbours."""
    total, n = np.array([4.0, 7, 1, 9, 2, 6, 5, 3]), np.array([10.0, 11, 9, 12, 8, 10, 10, 10])
    found = mean_figure(total, n)
    assert found is not None
    mean = total.sum() / n.sum()
    spread = np.sqrt(((total - mean * n) ** 2).sum() * 8 / 7) / n.sum() / np.sqrt(1 - 1 / 30)
    reach = t.ppf(0.975, 7) * spread
    assert found == pytest.approx((mean, mean - reach, mean + reach))


def test_a_few_blocks_have_a_mean_and_no_interval() -> None:
    """Five tell too little of their spread; none tell nothing."""
    assert mean_figure(np.array([1.0] * 5), np.array([4.0] * 5)) == Figure(0.25)
    assert mean_figure(np.zeros(3), np.zeros(3)) is None


def test_intervals_hold_the_truth_though_outcomes_overlap() -> None:
    """Sums of sixty steps, one beginning each second; rows taken as independent would be far off."""
    rng = np.random.default_rng(7)
    hold, naive, runs, seconds = 0, 0, 250, 8 * 3_600
    for _ in range(runs):
        steps = np.cumsum(rng.standard_normal(seconds + 60, dtype=np.float32))
        rows = steps[60:] - steps[:-60]
        found = mean_figure(rows.reshape(-1, 600).sum(axis=1), np.full(seconds // 600, 600.0))
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        hold += found.low <= 0 <= found.high
        naive += abs(rows.mean()) < 1.96 * rows.std() / np.sqrt(seconds)
    assert 0.91 <= hold / runs <= 0.985
    assert naive / runs < 0.35


def calibrated(off: float, seed: int) -> Blocks:
    """Return eight hours of an active model that is right and a challenger that is ``off``, in two bins."""
    rng = np.random.default_rng(seed)
    blocks = blocks_of(n=np.full(48, 600))
    n = np.zeros((48, 10))
    n[:, 3] = n[:, 6] = 300
    chance = {3: 0.35, 6: 0.65}
    up = np.zeros((48, 10))
    for place, p in chance.items():  # each outcome stands for the sixty seconds that share it
        up[:, place] = rng.binomial(5, p, 48) * 60
    for arm, error in (("active", 0.0), ("challenger", off)):
        prob = np.zeros((48, 10))
        for place, p in chance.items():
            prob[:, place] = n[:, place] * (p + error)
        blocks = with_bins(blocks, arm, n, prob, up)
    return blocks


def test_a_calibration_error_by_hand() -> None:
    """The mean distance of score and share, weighted by the rows of each bin."""
    n, prob, up = np.zeros((1, 10)), np.zeros((1, 10)), np.zeros((1, 10))
    n[0, [2, 7]], prob[0, [2, 7]], up[0, [2, 7]] = (30, 10), (7.5, 7.5), (9, 5)
    blocks = with_bins(blocks_of(n=[40]), "active", n, prob, up)
    assert ece(blocks, "active") == pytest.approx((1.5 + 2.5) / 40)
    assert ece(blocks, "challenger") is None
    assert ece_difference(blocks) is None


def test_intervals_of_the_difference_in_calibration_hold_the_truth() -> None:
    """Of a challenger a tenth off, and of one that is right; the same seed gives the same interval."""
    for off, truth in ((0.1, 0.1), (0.0, 0.0)):
        found = [ece_difference(calibrated(off, seed), draws=200) for seed in range(120)]
        hold = [one is not None and one.low <= truth <= one.high for one in found]  # type: ignore[operator]
        assert np.mean(hold) >= 0.9
    assert ece_difference(calibrated(0.1, 1), seed=3) == ece_difference(calibrated(0.1, 1), seed=3)
    assert ece_difference(calibrated(0.1, 1), seed=3) != ece_difference(calibrated(0.1, 1), seed=4)


def test_a_comparison_says_everything_at_once() -> None:
    """Differences are the challenger's less the active's; what was left out is counted."""
    blocks = blocks_of(
        n=[10] * 8, agree=[5, 6, 7, 8, 5, 6, 7, 8], same=[4] * 8, ties=[1] * 8, stale=[2] * 8,
        fallback=[3] * 8, horizons=[0b111] * 8, brier_active=[2.0] * 8, brier_challenger=[2.5] * 8,
        log_loss_active=[6.0] * 8, log_loss_challenger=[7.0] * 8, bet=[0.5] * 8, stake=[1.0] * 8,
    )  # fmt: skip
    found = compare(blocks)
    assert (found.pairs, found.n_effective) == (80, 24)
    assert found.left_out == {"fallback": 24, "unpaired": 0, "other": 0, "ties": 8, "stale": 16}
    assert found.brier == pytest.approx((0.05, 0.05, 0.05))
    assert found.log_loss == pytest.approx((0.1, 0.1, 0.1))
    assert found.agreement is not None
    assert found.agreement.value == pytest.approx(0.65)
    assert found.evidence.p < 1 == found.better_p
    plain = found.as_dict()
    assert plain["brier"]["value"] == pytest.approx(0.05)
    assert plain["evidence"]["at"] is None


def test_samples_for_a_check() -> None:
    """Three figures under their metrics; before there is a pair, none of them is known."""
    blocks = blocks_of(
        n=[10, 10], agree=[5, 10], brier_active=[1, 2], brier_challenger=[2, 3], horizons=[1, 3]
    )
    found = {one.metric: one for one in samples(blocks)}
    assert found["shadow.brier_difference"].value == pytest.approx(0.1)
    assert found["shadow.agreement"].value == 0.75
    assert found["shadow.worse_p"].value == 1.0
    assert {one.n for one in found.values()} == {3}
    assert {one.value for one in samples(blocks_of(n=[0]))} == {None}
