"""``levibot backtest report``: the result of a backtest as one page to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from connectors.bundles import atomic
from flows.expected import expected


def report(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.json", help="What `levibot backtest` wrote.", dir_okay=False)
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.html", help="Where to; else beside it, as .html.")
    ] = None,
) -> None:
    """Write the report of a backtest: one HTML page that opens without a network.

    It is made from the JSON result alone, so that an old result can be shown
    again. Equity and drawdown against buying and holding, returns by
    calendar, trades, calibration and drift over time, what other costs do,
    the gate and what to doubt. docs/backtests.md tells how to read it.

    Example: levibot backtest report reports/backtests/BTCUSDT_2026-11-21.json

    Exit codes: 0 written, 2 the file is no result of a backtest.
    """
    from flows.reporting.page import page  # noqa: PLC0415
    from flows.reporting.reading import read_result  # noqa: PLC0415

    with expected("backtest report"):
        where = out or file.with_suffix(".html")
        atomic.write(where, page(read_result(file)).encode())
    typer.echo(f"report: {where}")
