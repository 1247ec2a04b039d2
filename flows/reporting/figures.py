"""The charts of a report as figures: heading, what to look for, and the picture in each size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from markupsafe import Markup

from flows.reporting.charts.calibration import calibration_chart
from flows.reporting.charts.drift import drift_chart
from flows.reporting.charts.equity import equity_chart
from flows.reporting.charts.heatmap import heatmap
from flows.reporting.charts.trades_histogram import trades_histogram
from flows.reporting.charts.underwater import underwater_chart
from flows.reporting.drawing.sizes import SIZES, Size
from models.performance.result import Result
from models.performance.trades import percent
from models.ticks import Floats, Ints

Chart = Callable[[Size], Markup | None]


class Figure(NamedTuple):
    """One chart with its anchor and words; ``picture`` is empty where there is nothing to draw."""

    anchor: str
    heading: str
    caption: str
    picture: Markup
    empty: str


def figures_of(result: Result) -> list[Figure]:
    """Return all charts of a result, in the order of the page."""
    return [
        Figure(anchor, heading, caption, _in_sizes(chart), empty)
        for anchor, heading, caption, chart, empty in _charts(result)
    ]


def _charts(result: Result) -> Iterator[tuple[str, str, str, Chart, str]]:
    curves = _ts(result.equity.ts), _floats(result.equity.strategy), _floats(result.equity.benchmark)
    yield (
        "equity", "Equity",
        f"Value of the account in {result.currency}, after costs, against the same money in the market. "
        "The marks at the foot are closed trades.",
        lambda size: equity_chart(size, *curves, result.trades), "No equity is on record.",
    )  # fmt: skip
    yield (
        "underwater", "Under water",
        "How far below its highest value so far, and for how long.",
        lambda size: underwater_chart(size, *curves), "No equity is on record.",
    )  # fmt: skip
    returns = result.returns
    yield (
        "returns", f"Return of each {returns.period}",
        "In percent, UTC. The stronger the colour the larger the move.",
        lambda size: heatmap(size, returns.period, returns.ts, returns.strategy), "No return is on record.",
    )  # fmt: skip
    yield (
        "distribution", "Distribution of trades",
        "Net gain of each closed trade, in percent of its entry.",
        lambda size: trades_histogram(size, _gains(result)), "No trade was closed.",
    )  # fmt: skip
    yield from _monitors(result)


def _monitors(result: Result) -> Iterator[tuple[str, str, str, Chart, str]]:
    span, hours, looks = (result.from_ts, result.to_ts), result.calibration, result.drift
    yield (
        "calibration", "Calibration",
        "Expected calibration error of each hour; in grey what a calibrated model would show by chance. Of a "
        "long period the line is the median of several hours and the band their range.",
        lambda size: calibration_chart(
            size, span, _ts([one.ts for one in hours]), _floats([one.ece for one in hours]),
            _floats([one.floor for one in hours]),
        ),
        "No hour has enough outcomes.",
    )  # fmt: skip
    yield (
        "drift", "Drift",
        "Population stability index of the feature that moved furthest. Features of a market are "
        "autocorrelated, so 0.2 is often passed without any drift.",
        lambda size: drift_chart(
            size, span, _ts([one.ts for one in looks]), _floats([one.worst_psi for one in looks]),
            [one.feature for one in looks],
        ),
        "The model has no reference to drift from, or the period is too short.",
    )  # fmt: skip


def _in_sizes(chart: Chart) -> Markup:
    drawn = [chart(size) for size in SIZES]
    return Markup("\n").join(picture for picture in drawn if picture is not None)


def _gains(result: Result) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):  # an entry worth nothing has no percentage
        return 100 * percent(result.trades)


def _ts(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _floats(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
