"""Risk and reward of a series of returns: Sharpe, Sortino, volatility, value at risk.

All take simple returns of equal periods, shape (n,), and give None where the figure cannot be: too few
returns, or none that differ. Cash is taken to earn nothing (a riskless rate of zero).
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from models.performance.figures import finite
from models.ticks import Floats

FLAT = 1e-14
"""A deviation below this is the rounding of quotients."""
_TAIL = 0.05


def volatility(returns: Floats, per_year: float) -> float | None:
    """Return the standard deviation (of a sample: n - 1) a year, None under two returns."""
    return finite(returns.std(ddof=1) * sqrt(per_year)) if len(returns) > 1 else None


def sharpe(returns: Floats, per_year: float) -> float | None:
    """Return mean over standard deviation (n - 1), times the root of the periods a year (Sharpe 1994)."""
    if len(returns) < 2 or (deviation := returns.std(ddof=1)) < FLAT:
        return None
    return finite(returns.mean() / deviation * sqrt(per_year))


def sortino(returns: Floats, per_year: float) -> float | None:
    """Return mean over downside deviation, annualised (Sortino and Price 1994); None without a loss.

    The downside deviation is the root of the mean square of losses over *all* periods, gains counting zero.
    """
    if len(returns) < 2:
        return None
    downside = sqrt(float(np.mean(np.minimum(returns, 0.0) ** 2)))
    return finite(returns.mean() / downside * sqrt(per_year)) if downside >= FLAT else None


def value_at_risk(returns: Floats) -> float | None:
    """Return the loss of one period that 5 % of the periods pass, by history; negative where it is a gain."""
    return finite(-np.quantile(returns, _TAIL)) if len(returns) > 1 else None


def expected_shortfall(returns: Floats) -> float | None:
    """Return the mean loss of the worst 5 % of the periods (floor of 5 % of n - 1, and one more)."""
    if len(returns) < 2:
        return None
    worst = int((len(returns) - 1) * _TAIL)
    return finite(-np.partition(returns, worst)[: worst + 1].mean())


def annual_return(total_return: float, span_s: float, year_s: float) -> float | None:
    """Return the total return compounded to a year; the caller decides whether the span is long enough."""
    with np.errstate(over="ignore"):
        return finite(float(np.float64(1.0 + total_return) ** (year_s / span_s) - 1.0))
