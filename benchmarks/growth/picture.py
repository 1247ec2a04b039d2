"""The curves of growth as one picture: four panels with what was measured and the slopes fitted to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator

from benchmarks.results import Row

WIDTH_PX, HEIGHT_PX, DPI = 1_400, 1_000, 125
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#6b6b6b"  # as in the pictures of a model card
_STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "text.parse_math": False,
}
_HOUR = "processor seconds of an hour of log time"
_SYMBOLS, _PARTITIONS, _HISTORY, _UPTIME, _MEMORY = (
    "growth with symbols", "growth with partitions", "growth with hours of history",
    "growth with hours of uptime", "resident memory",
)  # fmt: skip


def picture(rows: Sequence[Row], path: Path) -> None:
    """Write the PNG of a run's rows, of which those of the growth benchmark are drawn."""
    with rc_context(_STYLE):
        drawn = _figure(rows)
        drawn.savefig(path, format="png", dpi=DPI, metadata={"Software": None})


def _figure(rows: Sequence[Row]) -> Figure:
    drawn = Figure(figsize=(WIDTH_PX / DPI, HEIGHT_PX / DPI), layout="constrained", facecolor="white")
    FigureCanvasAgg(drawn)
    (symbols, partitions), (history, uptime) = drawn.subplots(2, 2)
    _curves(symbols, _of(rows, _SYMBOLS), "Symbols", "symbols", _HOUR)
    _curves(partitions, _of(rows, _PARTITIONS), "Partitions, of the same market", "partitions", _HOUR)
    _curves(history, _of(rows, _HISTORY), "History: a backtest of one symbol", "hours", "seconds")
    _hours(uptime, _of(rows, _UPTIME), _of(rows, _MEMORY))
    return drawn


def _of(rows: Sequence[Row], name: str) -> list[Row]:
    return [row for row in rows if row.name.startswith(name) and row.points]


def _curves(axes: Axes, rows: list[Row], title: str, size: str, cost: str) -> None:
    """Draw costs against sizes, both in powers of ten, with the line that was fitted."""
    axes.set(xlabel=size, ylabel=cost)
    axes.set_title(title, loc="left", fontsize=11)
    if not rows:
        return
    _scales(axes, np.array([point for row in rows for point in row.points]))
    for row, colour in zip(rows, (BLUE, ORANGE), strict=False):
        sizes, costs = np.array(row.points).T
        level = np.log(costs).mean() - row.ours * np.log(sizes).mean()
        axes.plot(sizes, np.exp(level) * sizes**row.ours, color=colour, linewidth=1, alpha=0.6)
        label = f"{row.name.rpartition(', ')[2]}: slope {row.ours:.2f}"
        axes.plot(sizes, costs, color=colour, marker="o", markersize=6, linewidth=0, label=label)
    axes.legend(loc="upper left", frameon=False, fontsize=9)


def _scales(axes: Axes, points: Any) -> None:
    """Mark the sizes that were measured, and leave room above for the legend."""
    sizes, costs = points.T
    axes.set(xscale="log", yscale="log", ylim=(costs.min() / 2, costs.max() * 5))
    sizes = np.unique(sizes)
    axes.set_xticks(sizes, [_short(each) for each in sizes])
    steps = (1.0,) if costs.max() > 100 * costs.min() else (1.0, 2.0, 5.0)
    axes.yaxis.set_major_locator(LogLocator(subs=steps))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    axes.minorticks_off()
    axes.grid(color=GREY, alpha=0.15)


def _short(size: float) -> str:
    """Return a size as a mark that leaves room for its neighbour."""
    return f"{size / 1e3:g}k" if size >= 1e3 else f"{size:g}"


def _hours(axes: Axes, costs: list[Row], memories: list[Row]) -> None:
    """Draw what each hour cost, and beside it the memory at its end."""
    for row in costs:
        hours, total = np.array(row.points).T
        label = f"processor seconds of the hour; of the whole: slope {row.ours:.2f}"
        each = np.diff(total, prepend=0.0)
        axes.plot(hours, each, color=BLUE, marker="o", markersize=4, linewidth=1, label=label)
        axes.set_ylim(0, 1.6 * each.max())
    beside = axes.twinx()
    for row in memories:
        hours, size = np.array(row.points).T
        label = f"resident MB: {row.ratio:.3f} of that {row.against_what}"
        beside.plot(hours, size, color=ORANGE, linewidth=1.5, label=label)
        beside.set_ylim(0, 1.3 * size.max())
    axes.set(xlabel="hour", ylabel="processor seconds of the hour")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    beside.set_ylabel("resident MB")
    axes.grid(color=GREY, alpha=0.15)
    axes.set_title("Uptime of one process", loc="left", fontsize=11)
    handles = [*axes.get_lines(), *beside.get_lines()]
    axes.legend(handles=handles, loc="upper left", frameon=False, fontsize=9)
