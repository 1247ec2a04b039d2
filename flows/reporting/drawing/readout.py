"""What a line chart says above its lines: the names, and under the pointer the values at that time.

It is markup and style alone: each strip of the chart holds its own words, which show while the pointer
(or a finger) is on it, so that a report needs no script.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from markupsafe import Markup

from flows.reporting.drawing.svg import element
from models.ticks import Ints

Part = tuple[str, str]
"""A style and words."""


def legend(parts: Sequence[Part], x: float) -> Markup:
    """Return what stands there while nothing is pointed at: each part with a mark of its colour."""
    return _words("legend", [(style, f"● {words}") for style, words in parts], x)


def strip(x: float, width: float, top_to_bottom: tuple[float, float], marks: Markup, tip: Markup) -> Markup:
    """Return a part of the chart that shows ``marks`` and ``tip`` while pointed at."""
    top, bottom = top_to_bottom
    catcher = element("rect", class_="catch", x=x, y=top, width=width, height=bottom - top)
    return element("g", catcher, marks, tip, class_="hit")


def tip(parts: Sequence[Part], x: float) -> Markup:
    """Return the words that show while something is pointed at."""
    return _words("tip", parts, x)


def shown_places(ts: Ints, strips: int) -> Ints:
    """Return which of the points get a strip of their own: all, or the nearest to even places."""
    if len(ts) <= strips:
        return np.arange(len(ts))
    centres = np.linspace(ts[0], ts[-1], strips)
    after = np.clip(np.searchsorted(ts, centres), 1, len(ts) - 1)
    nearer = centres - ts[after - 1] < ts[after] - centres
    return np.unique(after - nearer)


def edges(places: Sequence[float], left: float, right: float) -> Iterator[tuple[float, float]]:
    """Yield from where to where each strip reaches: half-way to its neighbours."""
    between = [(a + b) / 2 for a, b in pairwise(places)]
    yield from zip([left, *between], [*between, right], strict=True)


def _words(kind: str, parts: Sequence[Part], x: float) -> Markup:
    spans = [
        element("tspan", words, class_=style, dx=12 if place else None)
        for place, (style, words) in enumerate(parts)
        if words
    ]
    return element("text", *spans, class_=kind, x=x, y=14)
