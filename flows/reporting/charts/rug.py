"""A mark at the foot of a chart where trades were closed, by whether they gained together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from markupsafe import Markup

from flows.reporting.drawing.plot import Plot
from flows.reporting.drawing.svg import element
from models.performance.trades import Trade

HIGH, APART = 8, 3  # pixels


def rug(plot: Plot, trades: Sequence[Trade]) -> Markup:
    """Return a mark for the trades that closed within each three pixels."""
    profits: defaultdict[int, float] = defaultdict(float)
    for trade in trades:
        if plot.x.low <= trade.closed_ts <= plot.x.high:
            profits[round(plot.x(trade.closed_ts) / APART)] += trade.profit
    marks = [
        element(
            "line", class_="rug up" if profit > 0 else "rug down", x1=place * APART, x2=place * APART,
            y1=plot.bottom - HIGH, y2=plot.bottom - 1,
        )
        for place, profit in sorted(profits.items())
    ]  # fmt: skip
    return Markup("").join(marks)
