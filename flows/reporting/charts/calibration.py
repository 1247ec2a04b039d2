"""The calibration error of the scores hour by hour, against what chance alone would show."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from flows.reporting.drawing.line_chart import FEW, Series, line_chart, ranging, spanning
from flows.reporting.drawing.plot import Plot
from flows.reporting.drawing.pooling import pooled
from flows.reporting.drawing.scale import limits
from flows.reporting.drawing.sizes import Size
from flows.reporting.drawing.ticks import ticks_around
from flows.reporting.words import plain
from models.ticks import Floats, Ints


def calibration_chart(
    size: Size, span: tuple[int, int], ts: Ints, ece: Floats, floor: Floats
) -> Markup | None:
    """Return the chart of ECE and its floor (n,) at ``ts`` (n,) ns over ``span``; None without any."""
    if not np.isfinite(ece).any():
        return None
    ticks = ticks_around(0.0, max(limits(ece, floor)[1], 0.01), 5)
    plot = Plot.of(size, 190 if size.narrow else 220, spanning(ts, span), ticks)
    errors, chance = pooled(ece, size.strips), pooled(floor, size.strips)
    by_chance = Series(
        "floor", "by chance", chance.middle,
        lambda at: f"chance {_figure(chance.middle[at])}", filled=True,
    )  # fmt: skip
    name = "ECE" if errors.each == 1 else f"ECE, {errors.each} hours each"
    shown = ranging(errors, "strategy", name, lambda at: f"ECE {_range(errors.low[at], errors.high[at])}")
    about = f"Calibration error, from {_figure(np.nanmin(ece))} to {_figure(np.nanmax(ece))}."
    return line_chart(plot, ts[errors.places], [shown._replace(dots=len(ts) <= FEW), by_chance], about)


def _range(low: float, high: float) -> str:
    return _figure(low) if not low < high else f"{_figure(low)} to {_figure(high)}"


def _figure(value: float) -> str:
    return plain(float(value) if np.isfinite(value) else None, 3)
