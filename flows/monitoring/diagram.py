"""The reliability diagram of days of live outcomes, one column a model; the same sums give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from flows.monitoring.reliability import LEAST_HOURS
from flows.monitoring.writing import short

Plain = Mapping[str, Any]

WIDTH_PX, HEIGHT_PX, DPI = 900, 900, 125
MOST = 6
"""Models side by side; more cannot be read."""
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#6b6b6b"  # as in the pictures of a model card
_STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "text.parse_math": False,
}


def diagram_png(models: Sequence[Plain]) -> bytes:
    """Return the picture of what ``Reliability.as_dicts`` told, of at most ``MOST`` models."""
    with rc_context(_STYLE):
        figure = diagram_figure(models)
        out = BytesIO()
        figure.savefig(out, format="png", dpi=DPI, metadata={"Software": None})
    return out.getvalue()


def diagram_figure(models: Sequence[Plain]) -> Figure:
    """Return how often the price went up by score, above how many scores there were, for each model."""
    size = len(models) * WIDTH_PX / DPI, HEIGHT_PX / DPI
    figure = Figure(figsize=size, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.subplots(2, len(models), sharex=True, squeeze=False, height_ratios=(3.4, 1))
    for column, model in enumerate(models):
        upper, lower = axes[:, column]
        _shares(upper, model)
        _counts(lower, model["buckets"])
        upper.set_title(_title(model), loc="left", fontsize=11)
    return figure


def _title(model: Plain) -> str:
    symbols = "1 symbol" if model["symbols"] == 1 else f"{model['symbols']} symbols"
    span = f"{_day(model['from_s'])} to {_day(model['to_s'])} UTC"
    chance = (
        f"a calibrated model would show about {model['floor']:.3f}"
        if model["floor"] is not None
        else "too few hours to tell what chance would show"
    )
    error = f"ECE {model['ece']:.3f} on {model['n']:,} outcomes; {chance}"
    return f"{short(model['reference'])}, {symbols}\n{span}\n{error}"


def _day(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%d %H:%M}"


def _shares(axes: Axes, model: Plain) -> None:
    full = [each for each in model["buckets"] if each["n"]]
    known, unsure = ([e for e in full if (e["low"] is None) is missing] for missing in (False, True))
    up = model["up"] / model["n"]
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, label="perfect calibration")
    axes.axhline(up, color=GREY, linewidth=1, linestyle=":", label=f"share of ups ({up:.3f})")
    axes.vlines(
        [each["prob_mean"] for each in known],
        [each["low"] for each in known],
        [each["high"] for each in known],
        color=BLUE, linewidth=2, alpha=0.5, label="95 % interval, by hours",
    )  # fmt: skip
    axes.plot(
        [each["prob_mean"] for each in known],
        [each["up_share"] for each in known],
        color=BLUE, marker="o", markersize=6, linewidth=1.5, label="share that went up",
    )  # fmt: skip
    axes.plot(
        [each["prob_mean"] for each in unsure],
        [each["up_share"] for each in unsure],
        color=BLUE, marker="o", markersize=6, linewidth=0, fillstyle="none",
        label=f"the same, in fewer than {LEAST_HOURS} hours",
    )  # fmt: skip
    axes.set(xlim=(0, 1), ylim=(-0.02, 1.02), ylabel="share that went up")
    axes.grid(color=GREY, alpha=0.15)
    axes.legend(loc="upper left", frameon=False, fontsize=9)


def _counts(axes: Axes, buckets: Sequence[Plain]) -> None:
    bars = axes.bar(
        [each["left"] for each in buckets],
        [each["n"] for each in buckets],
        width=0.1, align="edge", color=ORANGE, alpha=0.75, edgecolor="white",
    )  # fmt: skip
    labels = [f"{each['n']:,}" if each["n"] else "" for each in buckets]
    axes.bar_label(bars, labels, fontsize=8, color=GREY, padding=2)
    axes.set(xlabel="score: probability of an up", ylabel="outcomes")
    axes.set_xticks([place / 10 for place in range(11)])
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.margins(y=0.2)
