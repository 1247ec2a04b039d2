"""How many trades gained or lost how much of what they were worth."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from markupsafe import Markup

from flows.reporting.drawing.bins import Bins, bins
from flows.reporting.drawing.plot import BOTTOM, CHARACTER, RIGHT, TOP
from flows.reporting.drawing.readout import Part, legend, strip, tip
from flows.reporting.drawing.scale import Scale
from flows.reporting.drawing.sizes import Size
from flows.reporting.drawing.svg import element
from flows.reporting.drawing.ticks import Ticks, ticks_around
from flows.reporting.words import count, plain, signed
from models.ticks import Floats

LEAST = 4
"""How many trades the axis reaches at least, so that one does not fill the chart."""


def trades_histogram(size: Size, gains: Floats) -> Markup | None:
    """Return the chart of trades by their net gain (n,), in percent; None where there are no trades."""
    gains = gains[np.isfinite(gains)]
    if not gains.size:
        return None
    found, height = bins(gains), 220 if size.narrow else 240
    levels = ticks_around(0.0, float(max(found.counts.max(), LEAST)), 5)
    x, y = _across(found, levels, size), Scale(0.0, levels.high, height - BOTTOM, TOP)
    names, words = _names(gains), 4 if size.narrow else x.start
    about = f"{gains.size:,} trades by net gain: {', '.join(said for _, said in names)}."
    shapes = [*_levels(levels, x, y), *_labels(found, size, x, y), *_bars(found, x, y, words)]
    box = f"0 0 {size.width} {height}"
    return element(
        "svg", *shapes, legend(names, words), viewBox=box, class_=size.name, role="img", aria_label=about
    )  # fmt: skip


def _across(found: Bins, levels: Ticks, size: Size) -> Scale:
    left = max(size.least_left, 10 + CHARACTER * len(count(levels.high)))
    return Scale(float(found.edges[0]), float(found.edges[-1]), left, size.width - RIGHT)


def _names(gains: Floats) -> list[Part]:
    return [
        ("up", f"{(gains > 0).sum():,} gained"),
        ("down", f"{(gains <= 0).sum():,} did not"),
        ("time", f"median {signed(float(np.median(gains)))} %"),
    ]


def _levels(levels: Ticks, x: Scale, y: Scale) -> Iterator[Markup]:
    for value in levels.values:
        yield element("line", class_="grid", x1=x.start, x2=x.stop, y1=y(value), y2=y(value))
        yield element("text", count(value), class_="label end", x=x.start - 6, y=y(value) + 4)


def _labels(found: Bins, size: Size, x: Scale, y: Scale) -> Iterator[Markup]:
    every = next(n for n in (1, 2, 5, 10, 20, 50) if n * size.ticks >= len(found.edges))
    zero = int(np.argmin(np.abs(found.edges)))
    for place, value in enumerate(found.edges.tolist()):
        if (place - zero) % every == 0:
            words, at = f"{plain(value, found.decimals)} %", min(x(value), x.stop - 8)
            yield element("text", words, class_="label middle", x=at, y=y.start + 17)


def _bars(found: Bins, x: Scale, y: Scale, words: float) -> Iterator[Markup]:
    edges = found.edges.tolist()
    for low, high, n in zip(edges, edges[1:], found.counts.tolist(), strict=False):
        left, width, style = x(low), x(high) - x(low), "up" if low >= 0 else "down"
        yield element(
            "rect", class_=f"bar {style}",
            x=left + 0.5, width=max(width - 1, 1), y=y(n), height=y.start - y(n),
        )  # fmt: skip
        between = f"{plain(low, found.decimals)} to {plain(high, found.decimals)} %"
        said = tip([("time", between), (style, f"{n:,} trade{'' if n == 1 else 's'}")], words)
        yield strip(left, width, (y.stop, y.start), Markup(""), said)
