"""How good paper or backtest figures are, in the owner's four words: below, target, good, excellent.

The one table of them. Figures are graded each under its own name; no overall grade is made of them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from models.training.judging.limits import Limit

BELOW, TARGET, GOOD, EXCELLENT = "below", "target", "good", "excellent"
WORDS = (BELOW, TARGET, GOOD, EXCELLENT)


class Scale(NamedTuple):
    """What a figure must be for each word; what reaches none of them is ``below``."""

    target: Limit
    good: Limit
    excellent: Limit

    def word(self, value: float | None) -> str | None:
        """Return the best word that a figure earns, None for a figure that is not there."""
        if value is None or not math.isfinite(value):
            return None
        best_first = (EXCELLENT, self.excellent), (GOOD, self.good), (TARGET, self.target)
        return next((word for word, limit in best_first if limit.holds(value)), BELOW)


SCALES = {
    "sharpe": Scale(Limit("above", 1.2), Limit("at_least", 1.5), Limit("above", 2.0)),
    "win_rate": Scale(Limit("above", 0.52), Limit("at_least", 0.55), Limit("above", 0.60)),
    "max_drawdown": Scale(Limit("below", 0.15), Limit("at_most", 0.13), Limit("below", 0.10)),
    "average_trade_pct": Scale(Limit("above", 0.0), Limit("at_least", 0.5), Limit("above", 1.5)),
}
"""Between two words the lesser one stands: a Sharpe ratio of 1.9 is good, one of 1.4 is on target."""


def grades(
    sharpe: float | None,
    win_rate: float | None,
    max_drawdown: float | None,
    average_trade_pct: float | None,
) -> dict[str, str | None]:
    """Return the word for each figure, None where the figure is None.

    ``sharpe`` is annualised; ``win_rate`` and ``max_drawdown`` are shares of one (a drawdown of 13 % is
    0.13, never negative); ``average_trade_pct`` is in percent of the entry's notional, after costs.
    """
    figures = {
        "sharpe": sharpe,
        "win_rate": win_rate,
        "max_drawdown": max_drawdown,
        "average_trade_pct": average_trade_pct,
    }
    return {name: SCALES[name].word(value) for name, value in figures.items()}
