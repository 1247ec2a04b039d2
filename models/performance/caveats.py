"""What a reader of figures must be told before believing them: too good, too few, too short."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

from models.performance.figures import Figures
from models.performance.metrics import LEAST_ANNUAL_DAYS
from models.performance.periods import DAY_S

IMPOSSIBLE_SHARPE = 20.0
"""No honest strategy of this kind is known to earn so much: single digits are already rare."""
FEW_TRADES = 30

_TWO_SIDES = 1.96
_ADVICE = "suspect a look into the future and run `levibot verify lookahead`"


def caveats(figures: Figures, without_costs: Figures | None = None, open_positions: int = 0) -> list[str]:
    """Return what must be said about a strategy's figures, the gravest first.

    ``without_costs`` are the figures of the same signals with neither fees nor slippage: a look into the
    future can be too short-lived to pay for the costs, and shows there alone.
    """
    return [
        *_too_good(figures, without_costs),
        *_few(figures),
        *_short(figures),
        *_open(open_positions),
    ]


def impossible(figures: Figures) -> bool:
    """Return whether the Sharpe ratio is beyond belief with at least 30 trades, and not by chance.

    Over hours an annualised ratio is mostly noise (a standard error of 27 in half a day), so the low end of
    its 95 % interval (Lo 2002) must be above the limit.
    """
    sharpe, periods, per_year = (figures[name] for name in ("sharpe", "periods", "periods_per_year"))
    if sharpe is None or not periods or not per_year or (figures["trades"] or 0) < FEW_TRADES:
        return False
    error = sqrt((1 + sharpe**2 / per_year / 2) / periods * per_year)
    return sharpe - _TWO_SIDES * error > IMPOSSIBLE_SHARPE


def _too_good(figures: Figures, without_costs: Figures | None) -> Iterator[str]:
    if impossible(figures):
        yield f"too good to be true: a Sharpe ratio of {figures['sharpe']:.1f}; {_ADVICE}"
    elif without_costs and impossible(without_costs):
        yield (
            f"too good to be true before costs: a Sharpe ratio of {without_costs['sharpe']:.1f}; {_ADVICE}; "
            "prices that bounce between bid and ask show one too, and no order catches that"
        )


def _few(figures: Figures) -> Iterator[str]:
    trades = int(figures["trades"] or 0)
    if trades < FEW_TRADES:
        count = {0: "no trade", 1: "one trade"}.get(trades, f"only {trades} trades")
        yield f"{count}: figures of under {FEW_TRADES} trades are mostly luck"


def _short(figures: Figures) -> Iterator[str]:
    days = (figures["span_s"] or 0) / DAY_S
    if days < LEAST_ANNUAL_DAYS:
        span = f"{days:.1f} days" if days >= 2 else f"{24 * days:.1f} hours"
        yield f"{span}: an annualised figure carries what happened in them over a whole year"


def _open(positions: int) -> Iterator[str]:
    if positions:
        count = "one position is" if positions == 1 else f"{positions} positions are"
        yield f"{count} still open: in equity at the last price, in no figure of trades"
