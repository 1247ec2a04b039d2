"""The value of the account over time, against the same money in the market."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from flows.reporting.charts.rug import rug
from flows.reporting.drawing.line_chart import Series, Words, level, line_chart
from flows.reporting.drawing.plot import Plot
from flows.reporting.drawing.scale import limits
from flows.reporting.drawing.sizes import Size
from flows.reporting.drawing.ticks import ticks_around
from flows.reporting.words import plain, signed_percent
from models.performance.trades import Trade
from models.ticks import Floats, Ints

STRATEGY, BENCHMARK = "Strategy", "Buy & hold"


def equity_chart(
    size: Size, ts: Ints, strategy: Floats, benchmark: Floats, trades: Sequence[Trade] = ()
) -> Markup | None:
    """Return the chart of both curves, each (n,) at ``ts`` (n,) ns; None where there is no curve."""
    if not np.isfinite(strategy).any():
        return None
    ticks = ticks_around(*limits(strategy, benchmark), most=7)
    plot = Plot.of(size, 240 if size.narrow else 320, (int(ts[0]), int(ts[-1])), ticks)
    series = [
        Series("strategy", _named(STRATEGY, strategy), strategy, _said(strategy, size)),
        Series("benchmark", _named(BENCHMARK, benchmark), benchmark, _said(benchmark, size)),
    ]
    about = f"Value of the account over time. {series[0].name}. {series[1].name}."
    return line_chart(plot, ts, series, about, level(plot, _first(strategy)), rug(plot, trades))


def _said(values: Floats, size: Size) -> Words:
    """Return the words for a value; with its change since the start where there is room."""
    start = _first(values)

    def said(place: int) -> str:
        value = float(values[place])
        if not np.isfinite(value):
            return ""
        return plain(value) if size.narrow else f"{plain(value)} ({_change(value, start)})"

    return said


def _named(name: str, values: Floats) -> str:
    known = values[np.isfinite(values)]
    return f"{name} {_change(float(known[-1]), float(known[0]))}" if known.size else ""


def _change(value: float, start: float) -> str:
    return signed_percent(value / start - 1 if start > 0 else None)


def _first(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known[0]) if known.size else np.nan
