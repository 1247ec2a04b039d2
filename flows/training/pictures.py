"""The pictures of a model card, drawn without a screen; the same card gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

Card = Mapping[str, Any]

WIDTH_PX, DPI = 1_000, 125
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#6b6b6b"  # of Okabe and Ito: told apart by the colour-blind
_STYLE: Any = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same on every machine
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "text.parse_math": False,
}


def reliability_png(card: Card) -> bytes:
    """Return the reliability diagram of the test part."""
    with rc_context(_STYLE):
        return _png(reliability_figure(card["metrics"]["test"], card["identity"]["name"]))


def importance_png(card: Card) -> bytes:
    """Return the bars of the features that matter most."""
    with rc_context(_STYLE):
        return _png(importance_figure(card["feature_importance"]))


def reliability_figure(test: Card, name: str) -> Figure:
    """Return how often the price went up by score, above how many scores there were."""
    figure = _figure(880)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3.4, 1))
    full = [each for each in test["reliability"] if each["count"]]
    _diagonal(upper, full, test["base"]["up_share"])
    _counts(lower, test["reliability"])
    ece, floor = test["ece"], test["ece_floor"]
    upper.set_title(
        f"{name}: ECE {ece['value']:.3f}{_between(ece)} on {test['counts']['labelled']:,} test rows\n"
        f"a perfectly calibrated model would show {floor['median']:.3f} (95 % below {floor['q95']:.3f})",
        loc="left",
        fontsize=11,
    )
    return figure


def _between(interval: Card) -> str:
    if interval["low"] is None:
        return ""
    return f" (95 % interval {interval['low']:.3f} to {interval['high']:.3f})"


def _diagonal(axes: Axes, full: list[Card], up_share: float) -> None:
    score, share = [each["mean_prob"] for each in full], [each["mean_label"] for each in full]
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, label="perfect calibration")
    axes.axhline(up_share, color=GREY, linewidth=1, linestyle=":", label=f"share of ups ({up_share:.3f})")
    known = [each for each in full if each["low"] is not None]
    axes.vlines(
        [each["mean_prob"] for each in known],
        [each["low"] for each in known],
        [each["high"] for each in known],
        color=BLUE, linewidth=2, alpha=0.5, label="95 % interval",
    )  # fmt: skip
    axes.plot(score, share, color=BLUE, marker="o", markersize=6, linewidth=1.5, label="share that went up")
    axes.set(xlim=(0, 1), ylim=(0, 1), ylabel="share that went up")
    axes.grid(color=GREY, alpha=0.15)
    axes.legend(loc="upper left", frameon=False, fontsize=9)


def _counts(axes: Axes, bins: list[Card]) -> None:
    bars = axes.bar(
        [each["left"] for each in bins],
        [each["count"] for each in bins],
        width=[each["right"] - each["left"] for each in bins],
        align="edge", color=ORANGE, alpha=0.75, edgecolor="white",
    )  # fmt: skip
    labels = [f"{each['count']:,}" if each["count"] else "" for each in bins]
    axes.bar_label(bars, labels, fontsize=8, color=GREY, padding=2)
    axes.set(xlabel="score: probability of an up", ylabel="rows")
    axes.set_xticks([place / 10 for place in range(11)])
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.margins(y=0.2)


def importance_figure(found: Card) -> Figure:
    """Return the features that matter most as bars, the greatest on top."""
    top = found["top"][::-1]
    figure = _figure(170 + 32 * max(len(top), 3))
    axes = figure.subplots()
    bars = axes.barh([one["feature"] for one in top], [one["share"] for one in top], color=BLUE, height=0.7)
    axes.bar_label(bars, [f"{one['share']:.1%}" for one in top], padding=3, fontsize=9, color=GREY)
    axes.set_title(
        f"The {len(top)} of {found['features']} features that matter most, by {found['kind']}",
        loc="left",
        fontsize=11,
    )
    axes.set_xlabel(f"share of all {found['kind']}")
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g}%")
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.1, y=0.01)
    return figure


def _png(figure: Figure) -> bytes:
    # without a date or a version in it
    out = BytesIO()
    figure.savefig(out, format="png", dpi=DPI, metadata={"Software": None})
    return out.getvalue()


def _figure(height_px: int) -> Figure:
    figure = Figure(figsize=(WIDTH_PX / DPI, height_px / DPI), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    return figure
