"""The gate of a backtest: is the strategy's Sharpe ratio half a point better than buying and holding?

The target is relative to what the market gave anyway, and is asked of the last 90 days of the backtest.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.performance.metrics import curve_figures
from models.performance.periods import DAY_S, SECOND, span_seconds
from models.ticks import Floats, Ints

NEEDED = 0.5
WINDOW_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class SharpeGate:
    """Both Sharpe ratios, the lead that is asked for, and the verdict: None where it cannot be given."""

    strategy_sharpe: float | None
    benchmark_sharpe: float | None
    needed: float = NEEDED
    passed: bool | None
    why: str


def gate_of_curves(ts: Ints, strategy: Floats, benchmark: Floats) -> SharpeGate:
    """Return the verdict on two curves (n,) marked at ``ts`` (UTC ns), over their last 90 days."""
    late = ts >= ts[-1] - WINDOW_DAYS * DAY_S * SECOND
    own, held = (curve_figures(ts[late], curve[late])["sharpe"] for curve in (strategy, benchmark))
    return sharpe_gate(own, held, span_seconds(ts[late]) / DAY_S)


def sharpe_gate(
    strategy: float | None, benchmark: float | None, days: float, needed: float = NEEDED
) -> SharpeGate:
    """Return the verdict on two annualised Sharpe ratios over ``days``, with the reason in words."""
    passed = None if strategy is None or benchmark is None else strategy >= benchmark + needed
    why = _why(strategy, benchmark, needed) + _short(days)
    return SharpeGate(
        strategy_sharpe=strategy, benchmark_sharpe=benchmark, needed=needed, passed=passed, why=why
    )


def _why(strategy: float | None, benchmark: float | None, needed: float) -> str:
    if strategy is None:
        return "the strategy has no Sharpe ratio: it made no trade, or the span is too short"
    if benchmark is None:
        return "buying and holding has no Sharpe ratio: the price did not move, or the span is too short"
    word = "passed" if strategy >= benchmark + needed else "failed"
    return (
        f"{word}: a Sharpe ratio of {strategy:.2f} against {benchmark:.2f} of buying and holding, "
        f"a lead of {strategy - benchmark:+.2f} where {needed:+.2f} is asked for"
    )


def _short(days: float) -> str:
    if days >= WINDOW_DAYS:
        return ""
    return f" (over {days:.3g} days; the gate is meant for {WINDOW_DAYS})"
