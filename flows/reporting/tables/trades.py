"""The first and the last trades, row by row."""

from __future__ import annotations

from typing import NamedTuple

from flows.reporting.words import duration, figures, moment, plain, signed
from models.performance.trades import Trade

ENDS = 50
"""How many trades are shown from each end; all are in the JSON file."""


class TradeRow(NamedTuple):
    """One round trip in words; ``style`` says whether it gained."""

    number: str
    symbol: str
    opened: str
    held: str
    quantity: str
    entry: str
    exit: str
    costs: str
    profit: str
    percent: str
    model: str
    style: str


class TradeRows(NamedTuple):
    """The first trades, how many are left out after them, and the last ones."""

    first: tuple[TradeRow, ...]
    omitted: int
    last: tuple[TradeRow, ...]


def trade_rows(trades: list[Trade], ends: int = ENDS) -> TradeRows:
    """Return all trades, or the first and last ``ends`` of them."""
    rows = list(enumerate(trades, 1))
    if len(trades) <= 2 * ends:
        return TradeRows(tuple(_row(*row) for row in rows), 0, ())
    first, last = rows[:ends], rows[-ends:]
    return TradeRows(
        tuple(_row(*row) for row in first), len(trades) - 2 * ends, tuple(_row(*row) for row in last)
    )


def _row(number: int, trade: Trade) -> TradeRow:
    return TradeRow(
        number=f"{number:,}",
        symbol=trade.symbol,
        opened=moment(trade.opened_ts),
        held=duration((trade.closed_ts - trade.opened_ts) / 1e9),
        quantity=figures(trade.qty),
        entry=figures(trade.entry_price, 7),
        exit=figures(trade.exit_price, 7),
        costs=plain(trade.fees + trade.slippage),
        profit=signed(trade.profit),
        percent=signed(100 * trade.profit / trade.notional if trade.notional else None),
        model=trade.model,
        style="up" if trade.profit > 0 else "down",
    )
