"""Metrics of the paper account, off its view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client.core import Metric

from connectors.metrics.families import counter, gauge

Plain = dict[str, Any]

MONEY = (
    "equity", "cash", "fees", "realised", "unrealised", "pnl", "pnl_1d", "pnl_7d", "day_pnl", "day_limit",
    "near_limit",
)  # fmt: skip
_FIGURES = {
    "levibot_equity": "equity",
    "levibot_paper_drawdown": "drawdown",
    "levibot_paper_max_drawdown": "max_drawdown",
    "levibot_paper_sharpe": "sharpe",
    "levibot_paper_win_rate": "win_rate",
}
_COUNTS = {"levibot_paper_trades_total": "trades", "levibot_paper_wins_total": "wins"}


def account_families(second: int | None, books: Mapping[str, Plain]) -> Iterator[Metric]:
    """Yield the metrics of the books, each the last record of ``account``; what is null is left out."""
    for metric, field in _FIGURES.items():
        found = {(book,): float(body[field]) for book, body in books.items() if body[field] is not None}
        yield gauge(metric, found)
    for metric, field in _COUNTS.items():
        yield counter(metric, {(book,): body[field] for book, body in books.items()})
    yield gauge("levibot_paper_positions", {(book,): len(body["positions"]) for book, body in books.items()})
    money = {
        (book, what): float(body[what])
        for book, body in books.items()
        for what in MONEY
        if body[what] is not None
    }
    yield gauge("levibot_paper_money", money)
    yield gauge("levibot_paper_second", second)
