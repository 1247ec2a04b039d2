"""Returns as a calendar in colours: stronger the larger they are, green up and orange down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from flows.reporting.charts.returns_grid import Cell, Grid, grid
from flows.reporting.drawing.plot import CHARACTER
from flows.reporting.drawing.sizes import Size
from flows.reporting.drawing.svg import element
from flows.reporting.words import plain, signed_percent

HEAD, TOTAL = 20, 64
WIDEST = 60.0
SMALL = 5.6  # of a character in a cell


@dataclass(frozen=True, slots=True)
class _Cells:
    """Where cells lie and how they look: pixels, decimals of their words, the return of full colour."""

    left: float
    wide: float
    high: float
    end: float  # of the words behind a row
    decimals: int | None
    strength: float

    @classmethod
    def of(cls, found: Grid, size: Size) -> _Cells:
        left = 10 + CHARACTER * max(map(len, found.rows))
        wide = min(WIDEST, (size.width - left - TOTAL - 6) / len(found.columns))
        return cls(
            left=left,
            wide=wide,
            high=min(30.0, max(22.0, wide)),
            end=left + wide * len(found.columns) + TOTAL - 2,
            decimals=_fitting(found.cells, wide),
            strength=float(np.quantile([abs(cell.value) for cell in found.cells], 0.95)) or 1.0,
        )


def heatmap(size: Size, period: str, ts: Sequence[int], returns: Sequence[float | None]) -> Markup | None:
    """Return the chart of the returns, shares of one, of periods that begin at ``ts``; None without any."""
    found = grid(period, ts, returns, size.narrow)
    if not found.cells:
        return None
    cells = _Cells.of(found, size)
    shapes = [*_heads(found, cells), *(_cell(one, cells) for one in found.cells), *_rows(found, cells)]
    best, worst = (pick(found.cells, key=lambda cell: cell.value) for pick in (max, min))
    about = f"Return of each {period}: best {_said(best)}, worst {_said(worst)}."
    box = f"0 0 {size.width} {HEAD + cells.high * len(found.rows) + 2:.0f}"
    return element("svg", *shapes, viewBox=box, class_=size.name, role="img", aria_label=about)


def _heads(found: Grid, cells: _Cells) -> Iterator[Markup]:
    for place, label in enumerate(found.columns):
        x = cells.left + cells.wide * (place + 0.5)
        yield element("text", label, class_="label middle", x=x, y=HEAD - 6)
    yield element("text", found.total, class_="label end", x=cells.end, y=HEAD - 6)


def _rows(found: Grid, cells: _Cells) -> Iterator[Markup]:
    for row, (label, total) in enumerate(zip(found.rows, found.totals, strict=True)):
        y = HEAD + cells.high * (row + 0.5) + 4
        yield element("text", label, class_="label end", x=cells.left - 6, y=y)
        yield element("text", signed_percent(total), class_="total end", x=cells.end, y=y)


def _cell(cell: Cell, cells: _Cells) -> Markup:
    x, y = cells.left + cells.wide * cell.column, HEAD + cells.high * cell.row
    style = "up" if cell.value > 0 else "down" if cell.value < 0 else "flat"
    opacity = 0.10 + 0.5 * min(1.0, abs(cell.value) / cells.strength)
    box = element(
        "rect", class_=f"cell {style}", fill_opacity=f"{opacity:.2f}", rx=3,
        x=x + 1, y=y + 1, width=cells.wide - 2, height=cells.high - 2,
    )  # fmt: skip
    words = "" if cells.decimals is None else plain(100 * cell.value, cells.decimals)
    text = element("text", words, class_="value middle", x=x + cells.wide / 2, y=y + cells.high / 2 + 3.5)
    return element("g", element("title", _said(cell)), box, text)


def _said(cell: Cell) -> str:
    return f"{cell.when} {signed_percent(cell.value)}"


def _fitting(cells: Sequence[Cell], wide: float) -> int | None:
    """Return with how many decimals every percentage has room in its cell, None where none has."""
    longest = {decimals: max(len(plain(100 * cell.value, decimals)) for cell in cells) for decimals in (2, 1)}
    return next((n for n, length in longest.items() if SMALL * length + 3 <= wide), None)
