"""All figures of one curve of equity and its trades, under flat names (``figures.MEANINGS``)."""

from __future__ import annotations

from collections.abc import Sequence

from models.performance.drawdown import drawdown
from models.performance.figures import Figures, finite, ratio
from models.performance.periods import DAY_S, YEAR_S, Returns, check_curve, returns_of, span_seconds
from models.performance.ratios import (
    annual_return,
    expected_shortfall,
    sharpe,
    sortino,
    value_at_risk,
    volatility,
)
from models.performance.trades import Trade, held_s, trade_figures, traded
from models.ticks import Floats, Ints

LEAST_RETURNS = 24
"""Under so many returns none of the figures made of them is given."""
LEAST_ANNUAL_DAYS = 30


def metrics(
    ts: Ints, equity: Floats, trades: Sequence[Trade] = (), open_positions: Sequence[tuple[int, float]] = ()
) -> Figures:
    """Return the figures of a strategy: equity (n,) marked at ``ts`` (n,) UTC ns, and its closed trades.

    The first mark is the money begun with, before any trade. ``open_positions`` are those still open at the
    end, as (time opened, notional): they count in exposure and turnover. Raises ``ValueError`` for a curve
    that is no curve.
    """
    check_curve(ts, equity)
    span_s = span_seconds(ts)
    money = traded(trades) + sum(notional for _, notional in open_positions)
    held = held_s(trades, int(ts[0]), int(ts[-1]), [opened for opened, _ in open_positions])
    return {
        **curve_figures(ts, equity),
        "exposure": ratio(held, span_s),
        "turnover_per_day": ratio(money / float(equity.mean()) * DAY_S, span_s),
        **trade_figures(trades),
    }


def curve_figures(ts: Ints, equity: Floats) -> Figures:
    """Return the figures that the curve alone gives."""
    check_curve(ts, equity)
    returns, span_s, fall = returns_of(ts, equity), span_seconds(ts), drawdown(ts, equity)
    total = float(equity[-1] / equity[0] - 1.0)
    yearly = annual_return(total, span_s, YEAR_S) if span_s >= LEAST_ANNUAL_DAYS * DAY_S else None
    return {
        "total_return": total,
        "annual_return": yearly,
        **_risk(returns),
        "calmar": None if yearly is None or not fall.depth else finite(yearly / fall.depth),
        "max_drawdown": fall.depth,
        "max_drawdown_s": fall.length_s,
        "longest_drawdown_s": fall.longest_s,
        "under_water_s": fall.under_water_s,
        "span_s": span_s,
        "period_s": returns.period_s,
        "periods": len(returns.values),
        "periods_per_year": returns.per_year,
    }


def _risk(returns: Returns) -> Figures:
    values, per_year = returns.values, returns.per_year
    enough = len(values) >= LEAST_RETURNS
    return {
        "sharpe": sharpe(values, per_year) if enough else None,
        "sortino": sortino(values, per_year) if enough else None,
        "volatility": volatility(values, per_year) if enough else None,
        "value_at_risk_95": value_at_risk(values) if enough else None,
        "expected_shortfall_95": expected_shortfall(values) if enough else None,
    }
