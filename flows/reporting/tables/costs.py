"""The same signals under other costs: none, half, as assumed, twice."""

from __future__ import annotations

from typing import NamedTuple

from flows.reporting.tables.units import figure
from flows.reporting.words import plain
from models.performance.figures import MEANINGS
from models.performance.result import CostCase

COLUMNS = (
    "total_return",
    "sharpe",
    "max_drawdown",
    "profit_factor",
    "hit_rate",
    "trades",
    "fees",
    "slippage",
)


class CostRow(NamedTuple):
    """The figures of ``COLUMNS`` in words under a multiple of the costs."""

    words: str
    assumed: bool
    figures: tuple[str, ...]


def heads() -> list[str]:
    """Return how the columns are called."""
    return [MEANINGS[name].label for name in COLUMNS]


def cost_rows(cases: list[CostCase]) -> list[CostRow]:
    """Return a row for each case, the cheapest first."""
    return [
        CostRow(
            _words(case.multiple), case.multiple == 1, tuple(figure(case.metrics, name) for name in COLUMNS)
        )
        for case in sorted(cases, key=lambda case: case.multiple)
    ]


def _words(multiple: float) -> str:
    if not multiple:
        return "no costs"
    return "as assumed" if multiple == 1 else f"\u00d7 {plain(multiple, 2).rstrip('0').rstrip('.')}"
