"""How far below its highest value so far the account was, over time."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from flows.reporting.charts.equity import BENCHMARK, STRATEGY
from flows.reporting.drawing.line_chart import Series, Words, line_chart
from flows.reporting.drawing.plot import Plot
from flows.reporting.drawing.scale import limits
from flows.reporting.drawing.sizes import Size
from flows.reporting.drawing.ticks import ticks_around
from flows.reporting.words import percent
from models.ticks import Floats, Ints


def underwater_chart(size: Size, ts: Ints, strategy: Floats, benchmark: Floats) -> Markup | None:
    """Return the chart of both drawdowns from curves (n,) at ``ts`` (n,) ns; None where there is no curve."""
    mine, other = drawdown(strategy), drawdown(benchmark)
    if not np.isfinite(mine).any():
        return None
    ticks = ticks_around(min(limits(mine, other)[0], -0.01), 0, 5)
    plot = Plot.of(size, 170 if size.narrow else 200, (int(ts[0]), int(ts[-1])), ticks, " %")
    series = [
        Series("strategy", _named(STRATEGY, mine), mine, _said(mine), filled=True),
        Series("benchmark", _named(BENCHMARK, other), other, _said(other)),
    ]
    return line_chart(plot, ts, series, f"Drawdown over time. {series[0].name}. {series[1].name}.")


def drawdown(values: Floats) -> Floats:
    """Return how far each value is below the highest so far, in percent and never above 0.

    It is NaN where the value is, and where nothing has been above zero yet.
    """
    highest = np.fmax.accumulate(values)
    known = highest > 0
    return np.where(known, 100 * (values / np.where(known, highest, 1.0) - 1), np.nan)


def _named(name: str, depth: Floats) -> str:
    return f"{name} {percent(float(np.nanmin(depth)) / 100)}" if np.isfinite(depth).any() else ""


def _said(depth: Floats) -> Words:
    return lambda place: percent(float(depth[place]) / 100) if np.isfinite(depth[place]) else ""
