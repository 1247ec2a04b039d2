"""Every ratio equals that of an independent library, on made and on recorded returns."""

from __future__ import annotations

from pathlib import Path

import empyrical
import numpy as np
import polars as pl
import pytest
from made_trades import curve, marks

from models.performance.drawdown import under_water
from models.performance.metrics import curve_figures
from models.performance.periods import DAY_S, SECOND, Returns, returns_of
from models.performance.ratios import expected_shortfall, sharpe, sortino, value_at_risk, volatility
from models.ticks import Floats

CLOSE = pytest.approx


def expected(returns: Floats, per_year: float) -> dict[str, float]:
    """Return the library's figures; losses there are negative."""
    return {
        "sharpe": empyrical.sharpe_ratio(returns, annualization=per_year),
        "sortino": empyrical.sortino_ratio(returns, annualization=per_year),
        "volatility": empyrical.annual_volatility(returns, annualization=per_year),
        "value_at_risk_95": -empyrical.value_at_risk(returns, cutoff=0.05),
        "expected_shortfall_95": -empyrical.conditional_value_at_risk(returns, cutoff=0.05),
        "total_return": empyrical.cum_returns_final(returns),
        "max_drawdown": -empyrical.max_drawdown(returns),
    }


def ours(returns: Floats, per_year: float) -> dict[str, float | None]:
    """Return our figures of the same returns."""
    path = curve(returns)
    return {
        "sharpe": sharpe(returns, per_year),
        "sortino": sortino(returns, per_year),
        "volatility": volatility(returns, per_year),
        "value_at_risk_95": value_at_risk(returns),
        "expected_shortfall_95": expected_shortfall(returns),
        "total_return": path[-1] / path[0] - 1.0,
        "max_drawdown": -float(under_water(path).min()),
    }


def same(returns: Returns) -> None:
    """Assert that both agree to 1e-9."""
    library = expected(returns.values, returns.per_year)
    assert ours(returns.values, returns.per_year) == {
        name: CLOSE(value, rel=1e-9, abs=1e-9) for name, value in library.items()
    }


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("n", [2, 21, 250, 5_000])
def test_random_returns_have_the_library_s_figures(n: int, seed: int) -> None:
    """Fat tails, a drift, from a handful of returns to thousands."""
    rng = np.random.default_rng([n, seed])
    returns = np.clip(rng.standard_t(4, n) * 0.01 + rng.normal(0, 0.001), -0.5, 0.5)
    returns[0] = -abs(returns[0])  # the library answers infinity where nothing was lost, we answer nothing
    same(Returns(DAY_S, marks(n, DAY_S), returns))


def test_a_whole_curve_has_the_library_s_figures_under_our_names() -> None:
    """Two hundred days: also the annual return and Calmar's ratio, which are made of the curve."""
    returns = np.random.default_rng(5).normal(0.001, 0.02, 200)
    figures = curve_figures(marks(201, DAY_S), curve(returns))
    library = expected(returns, 365) | {
        "annual_return": empyrical.annual_return(returns, annualization=365),
        "calmar": empyrical.calmar_ratio(returns, annualization=365),
    }
    assert {name: figures[name] for name in library} == {
        name: CLOSE(value, rel=1e-9) for name, value in library.items()
    }


@pytest.mark.real_data
@pytest.mark.parametrize("period_s", [60, 3_600])
def test_recorded_prices_have_the_library_s_figures(real_data: Path, period_s: int) -> None:
    """Half a day of BTCUSDT, held: the returns of a real market by the minute and by the hour."""
    trades = pl.read_parquet(real_data / "full_day" / "btcusdt_20220115_00-12h.parquet").sort("timestamp")
    last = trades.group_by("timestamp", maintain_order=True).agg(pl.col("price").last())
    ts = last["timestamp"].cast(pl.Int64).to_numpy() * 1_000_000
    same(returns_of(ts, last["price"].cast(pl.Float64).to_numpy(), period_s))
    assert abs(ts[-1] - ts[0]) / SECOND == pytest.approx(12 * 3_600, rel=0.01)
