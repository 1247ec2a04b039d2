"""Every figure of the strategy beside the same of buying and holding, with its interval and its grade."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flows.reporting.tables.units import figure, in_words
from flows.reporting.words import PERCENT, UNKNOWN
from models.performance.figures import MEANINGS
from models.performance.result import Result

_GROUPS = {
    "Return": ("total_return", "annual_return", "sharpe", "sortino", "calmar"),
    "Risk": (
        "volatility", "max_drawdown", "max_drawdown_s", "longest_drawdown_s", "under_water_s",
        "value_at_risk_95", "expected_shortfall_95",
    ),
    "Trades": (
        "trades", "hit_rate", "profit_factor", "profit", "average_trade", "average_trade_pct",
        "average_hold_s", "exposure", "turnover_per_day",
    ),
    "Costs": ("fees", "slippage", "cost_share"),
}  # fmt: skip
_COMPARED = (*_GROUPS["Return"], *_GROUPS["Risk"])
_BASIS = ("span_s", "period_s", "periods", "periods_per_year")
"""Said in a sentence below the table."""

GRADED = {"sharpe": "sharpe", "hit_rate": "win_rate", "max_drawdown": "max_drawdown",
          "average_trade_pct": "average_trade_pct"}  # fmt: skip
"""From the name of a figure to that of its grade."""


class Row(NamedTuple):
    """One figure in words; ``better`` is who has the better one, empty where that cannot be said."""

    name: str
    label: str
    meaning: str
    strategy: str
    interval: str
    benchmark: str
    better: str
    grade: str


class Group(NamedTuple):
    """Figures under a common heading."""

    heading: str
    rows: tuple[Row, ...]


def comparison(result: Result) -> list[Group]:
    """Return every figure of the result that either side has, known ones first, in groups."""
    named = {*_BASIS, *(name for names in _GROUPS.values() for name in names)}
    other = tuple(name for name in result.metrics if name not in named)
    groups = {**_GROUPS, "Other": other}
    return [
        Group(heading, rows) for heading, names in groups.items() if (rows := tuple(_rows(result, names)))
    ]


def _rows(result: Result, names: tuple[str, ...]) -> Iterator[Row]:
    for name in names:
        if name in result.metrics or name in result.benchmark:
            yield Row(
                name,
                *_label(name),
                figure(result.metrics, name),
                interval(result, name),
                figure(result.benchmark, name),
                _better(result, name),
                result.grades.get(GRADED.get(name, "")) or "",
            )


def interval(result: Result, name: str) -> str:
    """Return the interval of a figure in words."""
    ends = result.intervals.get(name)
    if ends is None:
        return UNKNOWN
    return f"{in_words(name, ends[0]).removesuffix(PERCENT)} to {in_words(name, ends[1])}"


def _label(name: str) -> tuple[str, str]:
    meaning = MEANINGS.get(name)
    if meaning is None:
        return name, ""
    return f"{meaning.label}, %" if meaning.unit == "percent" else meaning.label, meaning.text


def _better(result: Result, name: str) -> str:
    if name not in _COMPARED:  # who holds does not trade
        return ""
    mine, other = result.metrics.get(name), result.benchmark.get(name)
    way = MEANINGS[name].better if name in MEANINGS else None
    if mine is None or other is None or way is None or mine == other:
        return ""
    return "strategy" if (mine > other) == (way == "higher") else "benchmark"
