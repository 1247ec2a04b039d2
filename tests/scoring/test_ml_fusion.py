"""The parts of ``ml-fusion`` and their mixture, in exact numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.market.schema import NAMES
from models.scoring.ml_fusion import MlFusion, signal_parts
from models.scoring.model import ModelRows

LOGISTIC = {
    0: 0.5,
    1: 0.7310585786300049,
    -1: 0.2689414213699951,
    2: 0.8807970779778823,
    -2: 0.11920292202211755,
}
VOL = 1e-3  # a second's


def row(rsi: float = 50.0, hist: float = 0.0, trend: float = 0.0, vol: float = VOL) -> np.ndarray:
    """Return one feature row; what the model does not read is NaN."""
    x = np.full((1, len(NAMES)), np.nan)
    for name, value in {"rsi_14": rsi, "macd_hist": hist, "trend_120s": trend, "vol_300s": vol}.items():
        x[0, NAMES.index(name)] = value
    return x


def parts(**features: float) -> list[float]:
    """Return RSI, MACD and trend part of a row."""
    return signal_parts(row(**features))[0].tolist()  # type: ignore[no-any-return]


def mixed(x: np.ndarray, *weights: float) -> float:
    """Return the answer for a row under weights."""
    zero = np.zeros(1, dtype=np.int64)
    return float(MlFusion().predict(ModelRows(x, zero, zero, np.array([weights])))[0])


def test_a_market_at_rest_says_one_half() -> None:
    """Neutral RSI, no momentum, no trend; also without any volatility."""
    assert parts() == [0.5, 0.5, 0.5]
    assert parts(vol=0.0) == [0.5, 0.5, 0.5]


@pytest.mark.parametrize(("rsi", "part"), [(0.0, 0.0), (30.0, 0.3), (70.0, 0.7), (100.0, 1.0)])
def test_the_rsi_part_is_the_index_over_a_hundred(rsi: float, part: float) -> None:
    """From 0 to 1."""
    assert parts(rsi=rsi) == [part, 0.5, 0.5]


@pytest.mark.parametrize("bars", [-1, 1])
def test_the_macd_part_is_measured_in_volatilities_of_a_bar(bars: int) -> None:
    """A histogram of one bar's volatility, vol * sqrt(5), is twice one unit of the logistic function."""
    hist = bars * VOL * math.sqrt(5.0)

    assert parts(hist=hist) == [0.5, pytest.approx(LOGISTIC[2 * bars], abs=1e-15), 0.5]


@pytest.mark.parametrize("spans", [-2, -1, 1, 2])
def test_the_trend_part_is_measured_in_volatilities_of_its_span(spans: int) -> None:
    """A trend of the volatility of 120 s is one unit."""
    trend = spans * VOL * math.sqrt(120.0)

    assert parts(trend=trend) == [0.5, 0.5, pytest.approx(LOGISTIC[spans], abs=1e-15)]


def test_a_volatility_below_its_floor_counts_as_the_floor() -> None:
    """So that a market which hardly moved does not shout."""
    hist = 1e-6 * math.sqrt(5.0)

    assert parts(hist=hist, vol=0.0) == parts(hist=hist, vol=1e-9) == parts(hist=hist, vol=1e-6)
    assert parts(hist=hist, vol=0.0)[1] == pytest.approx(LOGISTIC[2], abs=1e-15)


@pytest.mark.parametrize("huge", [1e3, 1e300])
def test_wild_features_stay_within_zero_and_one_without_a_warning(huge: float) -> None:
    """The logistic function ends at 30 units on either side."""
    assert parts(hist=huge, trend=-huge) == [
        0.5,
        0.9999999999999065,
        pytest.approx(9.35762296884e-14, rel=1e-12),
    ]


def test_the_answer_is_the_weighted_mean_of_the_parts() -> None:
    """RSI 0.7, MACD 0.88, trend 0.27."""
    x = row(rsi=70.0, hist=VOL * math.sqrt(5.0), trend=-VOL * math.sqrt(120.0))

    assert mixed(x, 1.0, 0.0, 0.0) == 0.7
    assert mixed(x, 0.0, 1.0, 0.0) == pytest.approx(LOGISTIC[2], abs=1e-15)
    assert mixed(x, 0.0, 0.0, 1.0) == pytest.approx(LOGISTIC[-1], abs=1e-15)
    assert mixed(x, 0.5, 0.25, 0.25) == pytest.approx(0.35 + (LOGISTIC[2] + LOGISTIC[-1]) / 4, abs=1e-15)
