"""``levibot bars``: bars of any size, rolled up from the one-second bars on the ``features`` topic."""

from __future__ import annotations

from typing import Annotated

import polars as pl
import typer
from rich.console import Console
from rich.table import Table

from connectors.kafka.features_log import second_bars
from connectors.settings import settings
from models.market.rollup import check_span, roll_up


def _span(text: str) -> str:
    try:
        return check_span(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def bars(
    symbol: Annotated[str, typer.Argument(help="Such as BTCUSDT.")],
    tf: Annotated[str, typer.Option(help="Bar size: 1s, 5s, 1m, 15m, 1h, ...", callback=_span)] = "1m",
    last: Annotated[int, typer.Option(help="How many bars, counted from the newest.", min=1)] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a bar.")] = False,
) -> None:
    """Show the newest bars of a symbol; ts is the end of a bar, the last one may still be open."""
    frame = roll_up(second_bars(settings(), symbol), tf).tail(last)
    if frame.is_empty():
        typer.echo(f"no bars of {symbol} on the features topic", err=True)
        raise typer.Exit(1)
    typer.echo(frame.write_ndjson().rstrip()) if as_json else Console().print(_table(frame, symbol, tf))


def _table(frame: pl.DataFrame, symbol: str, tf: str) -> Table:
    table = Table(title=f"{symbol} {tf}")
    for name in ("end (UTC)", "open", "high", "low", "close", "volume", "trades"):
        table.add_column(name, justify="right")
    for row in frame.with_columns(end=pl.from_epoch("ts", "ns")).iter_rows(named=True):
        prices = (f"{row[c]:.10g}" for c in "ohlcv")
        table.add_row(row["end"].strftime("%Y-%m-%d %H:%M:%S"), *prices, str(row["n"]))
    return table
