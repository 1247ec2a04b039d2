"""The feature that moved furthest from what the model was trained on, over time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from flows.reporting.drawing.line_chart import FEW, line_chart, ranging, spanning
from flows.reporting.drawing.plot import Plot
from flows.reporting.drawing.pooling import Pooled, pooled
from flows.reporting.drawing.scale import limits
from flows.reporting.drawing.sizes import Size
from flows.reporting.drawing.ticks import ticks_around
from flows.reporting.words import cut, plain
from models.ticks import Floats, Ints


def drift_chart(
    size: Size, span: tuple[int, int], ts: Ints, psi: Floats, features: Sequence[str | None]
) -> Markup | None:
    """Return the chart of the worst PSI (n,) at ``ts`` (n,) ns over ``span``; None where none is known."""
    if not np.isfinite(psi).any():
        return None
    ticks = ticks_around(0.0, max(limits(psi)[1], 0.01), 5)
    plot = Plot.of(size, 190 if size.narrow else 220, spanning(ts, span), ticks)
    looks = pooled(psi, size.strips)
    worst = _named(psi, features, int(np.nanargmax(psi)))
    shown = ranging(looks, "strategy", f"PSI, at most {worst}", lambda at: _worst(looks, psi, features, at))
    filled = looks.each == 1
    shown = shown._replace(filled=filled, dots=len(ts) <= FEW)
    return line_chart(plot, ts[looks.places], [shown], f"Drift over time: PSI, at most {worst}.")


def _worst(looks: Pooled, psi: Floats, features: Sequence[str | None], stretch: int) -> str:
    """Return the greatest of a stretch, and whose it was."""
    start = stretch * looks.each
    part = psi[start : start + looks.each]
    return _named(psi, features, start + int(np.nanargmax(part))) if np.isfinite(part).any() else ""


def _named(psi: Floats, features: Sequence[str | None], place: int) -> str:
    return f"{plain(float(psi[place]), 3)} {cut(features[place] or '')}".rstrip()
