"""Intervals that hold what they promise: against the classic ones, and by counting how often they cover."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from models.training.judging.blocks import Blocks, block_seconds, compact
from models.training.judging.intervals import distance_interval, mean_interval, share_interval, wilson

DAY = 86_400


def overlapping(seconds: int, horizon_s: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return ups over the horizon of a random walk, and those of the past 5 minutes, one a second."""
    steps = np.random.default_rng(seed).standard_normal(300 + seconds + horizon_s)
    price = np.concatenate([[0.0], steps.cumsum()])
    now = price[300 : 300 + seconds]
    return price[300 + horizon_s : 300 + horizon_s + seconds] > now, now > price[:seconds]


def test_for_independent_rows_it_is_about_the_binomial_one() -> None:
    """Every row's outcome its own: p +- 1.96 sqrt(p (1 - p) / n)."""
    hit = np.random.default_rng(1).random(DAY) < 0.6
    found = mean_interval(hit, Blocks(np.arange(DAY), 1, seed=1))
    half = 1.96 * sqrt(found.value * (1 - found.value) / DAY)

    assert found.low == pytest.approx(found.value - half, abs=0.1 * half)
    assert found.high == pytest.approx(found.value + half, abs=0.1 * half)
    assert found.n == DAY and found.n_effective == pytest.approx(DAY, rel=0.12)


def test_for_overlapping_outcomes_it_is_wider() -> None:
    """A day of 60 s outcomes is worth a few thousand independent ones, not 86,400."""
    up, past = overlapping(DAY, 60, seed=1)
    found = mean_interval(up == past, Blocks(np.arange(DAY), 60, seed=1))

    assert 1_440 < found.n_effective < 4_000
    assert found.high - found.low > 4 * 1.96 / sqrt(DAY)


@pytest.mark.parametrize("seconds", [900, 3_600, 14_400])
def test_it_holds_the_truth_as_often_as_it_says(seconds: int) -> None:
    """Forecasts of a random walk are right half of the time: in 95 of 100 histories 0.5 is inside."""
    inside = 0
    for seed in range(200):
        up, past = overlapping(seconds, 60, seed)
        found = mean_interval(up == past, Blocks(np.arange(seconds), 60, seed))
        inside += found.low <= 0.5 <= found.high

    assert 0.91 <= inside / 200 <= 0.99


def test_symbols_that_move_as_one_add_nothing() -> None:
    """The interval of three copies is that of one, and they are worth as many rows."""
    up, past = overlapping(7_200, 60, seed=2)
    one = mean_interval(up == past, Blocks(np.arange(7_200), 60, seed=1))
    three = mean_interval(np.repeat(up == past, 3), Blocks(np.repeat(np.arange(7_200), 3), 60, seed=1))

    assert (three.low, three.high) == pytest.approx((one.low, one.high))
    assert three.n == 3 * one.n and three.n_effective == pytest.approx(one.n_effective)


def test_the_order_of_rows_does_not_matter() -> None:
    """Time is what the seconds say."""
    up, past = overlapping(3_600, 60, seed=3)
    mixed = np.random.default_rng(1).permutation(3_600)
    found, again = (
        mean_interval(hit, Blocks(second, 60, seed=1))
        for hit, second in (((up == past), np.arange(3_600)), ((up == past)[mixed], mixed))
    )

    assert (found.low, found.high) == pytest.approx((again.low, again.high), abs=1e-12)


def test_resamples_are_sums_over_whole_blocks_round_the_clock() -> None:
    """Each is that of stretches of the time line that start anywhere, the end followed by the beginning."""
    second, value = np.array([0, 0, 1, 2, 3, 4, 4, 5, 6, 7]), np.arange(10.0)
    blocks = Blocks(second, 1, seed=1, draws=50)
    by_second = np.bincount(second, value)
    runs = [by_second.take(range(s, s + 2), mode="wrap").sum() for s in range(8)]
    possible = {a + b + c + d for a in runs for b in runs for c in runs for d in runs}

    assert (blocks.span_s, blocks.length_s, blocks.count) == (8, 2, 4.0)
    assert set(blocks.sums(value).tolist()) <= possible and len(set(blocks.sums(value).tolist())) > 10


def test_the_same_seed_gives_the_same_interval() -> None:
    """And another one nearly the same."""
    up, past = overlapping(3_600, 60, seed=4)
    first, again, other = (mean_interval(up == past, Blocks(np.arange(3_600), 60, seed=s)) for s in (1, 1, 2))

    assert first == again != other
    assert first.low == pytest.approx(other.low, abs=0.02)


def test_a_share_is_judged_by_its_own_rows() -> None:
    """As if the others were not there."""
    random = np.random.default_rng(5)
    hit, among = random.random(DAY) < 0.7, random.random(DAY) < 0.1
    found = share_interval(hit, among, Blocks(np.arange(DAY), 1, seed=1))
    half = 1.96 * sqrt(0.21 / among.sum())

    assert found is not None
    assert found.value == hit[among].mean() and found.n == among.sum()
    assert found.high - found.low == pytest.approx(2 * half, rel=0.12)
    assert found.n_effective == pytest.approx(found.n, rel=0.15)
    assert share_interval(hit, np.zeros(DAY, bool), Blocks(np.arange(DAY), 1, seed=1)) is None


def test_always_right_is_not_certainly_right() -> None:
    """Ten minutes of hits are ten outcomes: Wilson's interval of 10 in 10."""
    found = mean_interval(np.ones(600), Blocks(np.arange(600), 60, seed=1))

    assert (found.value, found.low, found.high) == pytest.approx((1.0, 0.7225, 1.0), abs=1e-4)
    assert found.n_effective == 10


def test_a_few_minutes_say_nothing() -> None:
    """Less than two blocks of two horizons: no interval rather than a narrow one."""
    found = mean_interval(np.tile([0, 1], 100), Blocks(np.arange(200), 60, seed=1))

    assert found.as_dict() == {"value": 0.5, "low": None, "high": None, "n": 200, "n_effective": None}
    assert (
        distance_interval(np.full(200, 0.1), np.zeros(200, int), Blocks(np.arange(200), 60, seed=1)).low
        is None
    )


def test_blocks_grow_with_the_history() -> None:
    """Two horizons at least, and as the cube root of the time."""
    assert [block_seconds(s, 60) for s in (60, 900, 3_600, 14_400, DAY, 30 * DAY)] == [
        120, 120, 180, 240, 420, 1_200,
    ]  # fmt: skip


def test_time_without_rows_is_left_out() -> None:
    """A gap counts for a horizon at most: what lies further apart shares nothing."""
    assert compact(np.array([5, 6, 6, 9, 1_000, 1_001]), 60).tolist() == [0, 1, 1, 4, 64, 65]
    assert compact(np.array([], dtype=np.int64), 60).tolist() == []


def test_wilson_by_the_book() -> None:
    """Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662."""
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)


def test_an_error_that_noise_explains_reaches_down_to_zero() -> None:
    """The interval of a perfectly calibrated model's ECE, whose value is never 0."""
    covered = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        prob = random.choice([0.35, 0.55, 0.75], 3_600)
        found = distance_interval(
            prob - (random.random(3_600) < prob), (prob * 10).astype(int), Blocks(np.arange(3_600), 1, seed)
        )
        covered += found.low < 0.002
        assert found.low <= found.value <= found.high

    assert covered >= 95


def test_an_error_that_is_real_is_held() -> None:
    """Scores 0.1 too high everywhere: 0.1 lies inside nineteen times of twenty."""
    covered = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        true = random.choice([0.35, 0.55, 0.75], 3_600)
        off = true + 0.1 - (random.random(3_600) < true)
        found = distance_interval(off, (true * 10).astype(int), Blocks(np.arange(3_600), 1, seed))
        covered += found.low <= 0.1 <= found.high

    assert covered >= 90
