"""Lines and areas as SVG path text, broken where a value is missing."""

from __future__ import annotations

import numpy as np

from flows.reporting.drawing.svg import number
from models.ticks import Floats


def line(x: Floats, y: Floats) -> str:
    """Return a path through points in pixels; a point between two gaps becomes a dot."""
    return "".join(_stretch(x[at], y[at]) for at in _unbroken(y))


def area(x: Floats, y: Floats, base: float) -> str:
    """Return the path that closes a line with the level ``base``."""
    return band(x, y, np.where(np.isfinite(y), base, np.nan))


def band(x: Floats, low: Floats, high: Floats) -> str:
    """Return the path around what lies between two lines that are broken at the same places."""
    closed = (
        _stretch(np.concatenate((x[at], x[at][::-1])), np.concatenate((low[at], high[at][::-1]))) + "Z"
        for at in _unbroken(low)
    )
    return "".join(closed)


def _unbroken(y: Floats) -> list[slice]:
    edges = np.flatnonzero(np.diff(np.isfinite(y), prepend=False, append=False))
    return [slice(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def _stretch(x: Floats, y: Floats) -> str:
    points = [f"{number(a)},{number(b)}" for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    # a line of no length is drawn as a dot where its ends are round
    return "M" + "L".join(points if len(points) > 1 else points * 2)
