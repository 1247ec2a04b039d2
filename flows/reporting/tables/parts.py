"""Trades by symbol and by model, where there are several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from flows.reporting.tables.units import figure
from models.performance.figures import MEANINGS
from models.performance.trades import Trade, trade_figures

COLUMNS = ("trades", "hit_rate", "profit", "profit_factor", "average_trade_pct", "fees", "slippage")


class Part(NamedTuple):
    """The figures of ``COLUMNS`` in words of the trades of one symbol or model."""

    name: str
    figures: tuple[str, ...]


class Parts(NamedTuple):
    """All trades divided by one of their properties."""

    heading: str
    rows: tuple[Part, ...]


def heads() -> list[str]:
    """Return how the columns are called."""
    return [
        f"{MEANINGS[name].label}, %" if MEANINGS[name].unit == "percent" else MEANINGS[name].label
        for name in COLUMNS
    ]


def parts(trades: list[Trade]) -> list[Parts]:
    """Return the trades by symbol and by model, most trades first; nothing where there is one of a kind."""
    kinds = {
        "By symbol": _named(trades, lambda trade: trade.symbol),
        "By model": _named(trades, lambda trade: trade.model),
    }
    return [Parts(heading, _rows(named)) for heading, named in kinds.items() if len(named) > 1]


def _named(trades: list[Trade], name: Callable[[Trade], str]) -> dict[str, list[Trade]]:
    named: defaultdict[str, list[Trade]] = defaultdict(list)
    for trade in trades:
        named[name(trade)].append(trade)
    return named


def _rows(named: dict[str, list[Trade]]) -> tuple[Part, ...]:
    ranked = sorted(named.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(Part(key, _figures(some)) for key, some in ranked)


def _figures(trades: list[Trade]) -> tuple[str, ...]:
    with np.errstate(divide="ignore", invalid="ignore"):  # an entry worth nothing has no percentage
        figures = trade_figures(trades)
    return tuple(figure(figures, name) for name in COLUMNS)
