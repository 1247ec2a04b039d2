"""Lines over time, thinned to what can be seen, with the values under the pointer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import isfinite
from typing import NamedTuple

from markupsafe import Markup

from flows.reporting.drawing import paths
from flows.reporting.drawing.plot import Plot
from flows.reporting.drawing.pooling import Pooled
from flows.reporting.drawing.readout import Part, edges, legend, shown_places, strip, tip
from flows.reporting.drawing.svg import element
from flows.reporting.drawing.thinning import thinned
from flows.reporting.words import minute
from models.ticks import Floats, Ints

FEW = 60
"""Points up to which each is marked."""

Words = Callable[[int], str]
"""From the place of a point to what the readout says of it."""


class Series(NamedTuple):
    """One line: its values (n,), NaN where there is none, and what the legend and the readout say of it."""

    style: str
    name: str
    values: Floats
    said: Words
    filled: bool = False
    dots: bool = False
    """Whether each point is marked: where they are few."""
    low: Floats | None = None
    high: Floats | None = None
    """Where a band around the line begins and ends."""


def ranging(of: Pooled, style: str, name: str, said: Words) -> Series:
    """Return the line through the middle of each stretch, with a band from the least to the most."""
    series = Series(style, name, of.middle, said)
    return series if of.each == 1 else series._replace(low=of.low, high=of.high)


def line_chart(plot: Plot, ts: Ints, series: Sequence[Series], about: str, *more: Markup) -> Markup:
    """Return the chart of series over the times ``ts`` (n,), ascending ns; ``more`` lies behind the lines."""
    drawn = [shape for one in reversed(series) for shape in _drawn(plot, ts, one)]  # the first on top
    names = legend([(one.style, one.name) for one in series], plot.words)
    return plot.chart(about, plot.grid(), *more, *drawn, names, *_strips(plot, ts, series))


def level(plot: Plot, value: float) -> Markup:
    """Return a dotted line across the chart at a value."""
    y = plot.y(value)
    return element("line", class_="level", x1=plot.left, x2=plot.right, y1=y, y2=y)


def spanning(ts: Ints, around: tuple[int, int]) -> tuple[int, int]:
    """Return the times that an axis begins and ends at: those around, or points that lie outside."""
    return min(int(ts[0]), around[0]), max(int(ts[-1]), around[1])


def _drawn(plot: Plot, ts: Ints, one: Series) -> Iterator[Markup]:
    x, y = plot.x.many(ts.astype(float)), plot.y.many(one.values)
    if one.low is not None and one.high is not None:
        low, high = plot.y.many(one.low), plot.y.many(one.high)
        yield element("path", class_=f"band {one.style}", d=paths.band(x, low, high))
    kept = thinned(x, y, plot.size.width)
    if one.filled:
        yield element("path", class_=f"area {one.style}", d=paths.area(x[kept], y[kept], plot.y(0.0)))
    yield element("path", class_=f"line {one.style}", d=paths.line(x[kept], y[kept]))
    if one.dots:
        known = [(a, b) for a, b in zip(x, y, strict=True) if isfinite(b)]
        yield from (element("circle", class_=f"dot {one.style}", cx=a, cy=b, r=2.5) for a, b in known)


def _strips(plot: Plot, ts: Ints, series: Sequence[Series]) -> Iterator[Markup]:
    places = shown_places(ts, plot.size.strips)
    x = plot.x.many(ts[places].astype(float)).tolist()
    for place, at, (start, stop) in zip(places.tolist(), x, edges(x, plot.left, plot.right), strict=True):
        said: list[Part] = [("time", minute(int(ts[place])))]
        said += [(one.style, one.said(place)) for one in series]
        box = plot.top, plot.bottom
        yield strip(start, stop - start, box, _marks(plot, at, place, series), tip(said, plot.words))


def _marks(plot: Plot, x: float, place: int, series: Sequence[Series]) -> Markup:
    rule = element("line", class_="rule", x1=x, x2=x, y1=plot.top, y2=plot.bottom)
    values = [(one.style, float(one.values[place])) for one in series]
    dots = [
        element("circle", class_=f"dot {style}", cx=x, cy=plot.y(value), r=3.5)
        for style, value in values
        if isfinite(value)
    ]
    return element("g", rule, *dots, class_="tip")
