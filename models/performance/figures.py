"""The flat names of performance figures, with what each is: the one table that reports and pages read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, NamedTuple

Figures = Mapping[str, float | int | None]
"""Figures by name; None where one cannot be, never NaN and never infinite."""

Unit = Literal["share", "ratio", "money", "percent", "seconds", "count", "per_day"]


class Meaning(NamedTuple):
    """How a figure is called, its unit, which way is better (None: neither), and what it says."""

    label: str
    unit: Unit
    better: Literal["higher", "lower"] | None
    text: str


MEANINGS = {
    "total_return": Meaning("Total return", "share", "higher", "last equity over the first, less one"),
    "annual_return": Meaning(
        "Annual return", "share", "higher", "total return compounded to 365 days; none under 30 days"),
    "sharpe": Meaning(
        "Sharpe ratio", "ratio", "higher",
        "mean return over its standard deviation, annualised; cash earns nothing"),
    "sortino": Meaning(
        "Sortino ratio", "ratio", "higher", "mean return over the deviation of losses alone, annualised"),
    "calmar": Meaning("Calmar ratio", "ratio", "higher", "annual return over the maximum drawdown"),
    "volatility": Meaning("Volatility", "share", "lower", "standard deviation of returns, annualised"),
    "max_drawdown": Meaning(
        "Maximum drawdown", "share", "lower", "deepest fall from a peak, as a share of that peak"),
    "max_drawdown_s": Meaning(
        "Length of it", "seconds", "lower", "from that peak until equity was back at it, or until the end"),
    "longest_drawdown_s": Meaning(
        "Longest drawdown", "seconds", "lower", "longest time from a peak until equity was back at it"),
    "under_water_s": Meaning(
        "Under water at the end", "seconds", "lower", "time since the last peak; 0 at a peak"),
    "value_at_risk_95": Meaning(
        "Value at risk, 95 %", "share", "lower", "loss that one period in twenty passed; negative: a gain"),
    "expected_shortfall_95": Meaning(
        "Expected shortfall, 95 %", "share", "lower", "mean loss of the periods that reach it"),
    "exposure": Meaning("Exposure", "share", None, "share of the time with a position"),
    "turnover_per_day": Meaning(
        "Turnover a day", "per_day", None, "money bought and sold over mean equity, a day"),
    "trades": Meaning("Trades", "count", None, "closed round trips"),
    "profit": Meaning("Profit of trades", "money", "higher", "sum over closed round trips, after costs"),
    "hit_rate": Meaning("Hit rate", "share", "higher", "share of trades that earned something after costs"),
    "profit_factor": Meaning(
        "Profit factor", "ratio", "higher", "what winners earned over what losers lost; none without losers"),
    "average_trade": Meaning("Average trade", "money", "higher", "mean profit of a trade, after costs"),
    "average_trade_pct": Meaning(
        "Average trade", "percent", "higher", "mean profit of a trade in percent of its entry"),
    "average_hold_s": Meaning("Average holding time", "seconds", None, "mean time from entry to exit"),
    "fees": Meaning("Fees", "money", "lower", "paid by closed round trips"),
    "slippage": Meaning("Slippage", "money", "lower", "lost by closed round trips to worse prices"),
    "cost_share": Meaning(
        "Share of costs", "share", "lower", "fees and slippage over the profit before them"),
    "span_s": Meaning("Span", "seconds", None, "from the first to the last mark of equity"),
    "period_s": Meaning("Period of returns", "seconds", None, "a day, an hour or a minute, by the span"),
    "periods": Meaning("Periods", "count", None, "returns behind the figures, all of whole periods"),
    "periods_per_year": Meaning(
        "Periods a year", "count", None, "what annualises: a year of 365 days, markets that never close"),
}  # fmt: skip


def ratio(above: float, below: float) -> float | None:
    """Return a quotient, None where the divisor is not above zero or the result not finite."""
    return finite(float(above) / float(below)) if below > 0 else None


def finite(value: float) -> float | None:
    """Return a plain float, None for NaN and infinities; zero has no sign."""
    return float(value) + 0.0 if math.isfinite(value) else None
