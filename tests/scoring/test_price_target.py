"""The price target is the median of a normal log return whose share above zero is the probability."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.scoring.price_target import price_target


@pytest.mark.parametrize(
    ("prob", "deviations"), [(0.5, 0.0), (0.9, 1.2815515655446004), (0.1, -1.2815515655446004)]
)
def test_quantiles_of_the_normal_distribution(prob: float, deviations: float) -> None:
    """A hundred seconds of 0.001 each are a deviation of 0.01; the quantiles are those of printed tables."""
    assert price_target(200.0, prob, 0.001, 100) == pytest.approx(200.0 * math.exp(0.01 * deviations))


@pytest.mark.parametrize(("certain", "as_if"), [(1.0, 0.999), (0.0, 0.001)])
def test_certainty_is_no_endless_move(certain: float, as_if: float) -> None:
    """It counts as one in a thousand."""
    assert price_target(100.0, certain, 0.001, 60) == price_target(100.0, as_if, 0.001, 60)


@given(st.floats(0.01, 0.99), st.floats(1e-6, 0.01))
def test_probability_is_recovered(prob: float, vol: float) -> None:
    """The share of a normal return above zero, with the target as its median, is the probability again."""
    median = math.log(price_target(1.0, prob, vol, 60))
    above = 0.5 * (1 + math.erf(median / (vol * math.sqrt(60)) / math.sqrt(2)))
    assert above == pytest.approx(prob, abs=1e-9)


def test_without_a_move_the_price_stays() -> None:
    """No volatility, no target but the price."""
    assert price_target(100.0, 0.9, 0.0, 60) == 100.0
