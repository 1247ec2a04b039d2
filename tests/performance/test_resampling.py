"""The stationary bootstrap: its blocks, its variance in closed form, and how long its blocks should be."""

from __future__ import annotations

import numpy as np
import pytest

from models.performance.block_length import mean_block_length
from models.performance.resample import resamples, twice
from models.ticks import Floats, Ints


def autoregressive(n: int, phi: float, *seed: int) -> Floats:
    """Return x(t) = phi x(t - 1) + noise, beginning at the first noise."""
    noise, x = np.random.default_rng(seed).normal(size=n), np.empty(n)
    last = 0.0
    for i, each in enumerate(noise):
        x[i] = last = phi * last + each
    return x


def drawn(n: int, mean_block: float, draws: int, seed: int = 1) -> Ints:
    """Return all resamples at once, places in the series, shape (draws, n)."""
    return np.concatenate(list(resamples(n, mean_block, draws, seed))) % n


@pytest.mark.parametrize("mean_block", [1.0, 2.0, 10.0, 500.0])
def test_blocks_begin_anywhere_and_have_the_mean_length(mean_block: float) -> None:
    """A place that does not follow the one before it begins a block: one in ``mean_block`` does."""
    places = drawn(101, mean_block, 4_000)
    assert places.shape == (4_000, 101)
    assert places[:, 0].mean() == pytest.approx(50, abs=2)
    begun = (places[:, 1:] != (places[:, :-1] + 1) % 101).mean()
    by_chance = (1 - 1 / mean_block) + 1 / mean_block / 101  # a new block may begin where the old one went on
    assert begun == pytest.approx(1 - by_chance, rel=0.1)


@pytest.mark.parametrize("mean_block", [1.0, 3.0, 12.0])
def test_the_variance_of_the_mean_is_that_of_the_closed_form(mean_block: float) -> None:
    """Politis and Romano 1994, lemma 1, with the autocovariances of the series laid in a circle."""
    series = autoregressive(60, 0.6, 3)
    n, p = len(series), 1 / mean_block
    centred = series - series.mean()
    covariance = np.array([centred @ np.roll(centred, -lag) / n for lag in range(n)])
    lag = np.arange(1, n)
    weight = (1 - lag / n) * (1 - p) ** lag + lag / n * (1 - p) ** (n - lag)
    variance = (covariance[0] + (weight * covariance[1:]).sum()) / n
    means = twice(series)[drawn(n, mean_block, 40_000)].mean(axis=1)
    assert means.mean() == pytest.approx(series.mean(), abs=4 * np.sqrt(variance / 40_000))
    assert means.var() == pytest.approx(variance, rel=0.03)


def test_the_seed_decides_and_nothing_else() -> None:
    """Twice the same, and another with another seed."""
    assert np.array_equal(drawn(50, 4.0, 100), drawn(50, 4.0, 100))
    assert not np.array_equal(drawn(50, 4.0, 100), drawn(50, 4.0, 100, seed=2))


@pytest.mark.parametrize(
    ("n", "phi", "length"),
    [
        (60, 0.7, 4.68026924900855),
        (60, -0.5, 6.60484978675151),
        (400, 0.3, 3.581639863240502),
        (400, 0.95, 27.83070989526306),
        (4_000, 0.0, 2.2574179714579192),
        (4_000, 0.7, 33.77093050755918),
        (4_000, 0.95, 109.18391010759866),
    ],
)
def test_the_length_of_blocks_is_that_of_an_independent_library(n: int, phi: float, length: float) -> None:
    """``arch.bootstrap.optimal_block_length`` of arch 8.0.0, its column ``stationary``."""
    assert mean_block_length(autoregressive(n, phi, n, int(100 * (phi + 1)))) == pytest.approx(
        length, rel=1e-9
    )


@pytest.mark.parametrize("series", [[], [1.0], [1.0] * 100, [0.0, 1.0] * 7])
def test_a_series_that_tells_nothing_gets_single_values(series: list[float]) -> None:
    """Empty, too short, or without spread."""
    assert mean_block_length(np.array(series)) == 1.0
