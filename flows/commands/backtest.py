"""``levibot backtest``: recorded ticks through the live stages and a paper account, into reports."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.commands import backtest_jobs, backtest_report
from flows.expected import expected
from flows.tick_options import asks_for_ticks
from flows.ticks import Ticks

OUT = Path("reports/backtests")

app = typer.Typer()

Preset = Annotated[str | None, typer.Option(help="24h or 90d: the last days, as with --days.")]
Model = Annotated[
    str | None,
    typer.Option(help="Built in, or of the registry: NAME or NAME@SHA256. Default: as live begins."),
]
Processes = Annotated[
    int | None, typer.Option(min=1, help="At the same time, over symbols. Default: one a core.")
]
Out = Annotated[Path, typer.Option(help="Folder of the results: SYMBOL_DATE.json and .html.")]
Seed = Annotated[int, typer.Option(min=0, help="Of the bootstrap and the random entries.")]
Together = Annotated[
    bool, typer.Option("--together", help="All files are one feed: where a file has several symbols.")
]
Check = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Fail where Sharpe fell over 10 % below these baselines.")
]
Store = Annotated[Path | None, typer.Option(metavar="FILE", help="Keep the results as baselines.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]


@asks_for_ticks
def run(
    asked: Ticks,
    preset: Preset = None,
    model: Model = None,
    processes: Processes = None,
    out: Out = OUT,
    seed: Seed = 0,
    together: Together = False,
    check_baseline: Check = None,
    store_baseline: Store = None,
    as_json: AsJson = False,
) -> None:
    """Walk recorded ticks as live would have: the same stages, gate and paper account.

    Each symbol trades on an account of its own; of several there is one
    more result, portfolio, in which they share one. Costs are those of the
    paper account (PAPER_TAKER_BPS, PAPER_SLIPPAGE_BPS, ...), and the same
    signals trade again under none, half and twice of them. Ctrl-C loses
    little: the same command goes on, to the same bytes.

    Files are Parquet, CSV (Binance's public dumps of trades and aggTrades
    as they are downloaded), JSON lines or recorded websocket logs; bare,
    gzipped or zipped. A symbol may have many files.

    A dump: levibot backtest --ticks BTCUSDT-trades-2024-08.zip

    Three symbols and their last 90 days: levibot backtest --preset 90d
    --ticks btcusdt.parquet --ticks ethusdt.parquet --ticks solusdt.parquet

    A trained model: levibot backtest --ticks day.parquet --model lgbm-all

    Each night: levibot backtest --ticks day.parquet --check-baseline b.json

    Exit codes: 0 tested, and no worse than the baseline; 1 worse; 2 it
    could not be tested or compared; 130 interrupted.
    """
    with expected("backtest"):
        from flows.backtest.asked import Asked, cores, days_of  # noqa: PLC0415  the libraries take a second
        from flows.backtest.command import test_and_tell  # noqa: PLC0415

        plain = Asked(
            ticks=asked,
            out=out,
            symbols=(asked.symbol,) if asked.symbol else (),
            days=days_of(asked.days, preset),
            model=model,
            seed=seed,
            processes=processes or cores(),
            together=together,
            check=check_baseline,
            store=store_baseline,
            command=("levibot", *sys.argv[1:]),
        )
        test_and_tell(plain, as_json=as_json)


def _alone(command: Callable[..., None]) -> Callable[..., None]:
    """Return what runs a command where no other is named behind it."""
    parameters = inspect.signature(command).parameters

    @wraps(command)
    def called(ctx: typer.Context, **given: Any) -> None:
        if ctx.invoked_subcommand is None:
            command(**given)
        elif any(given[name] != parameters[name].default for name in given):
            raise typer.BadParameter(f"give the options behind the word {ctx.invoked_subcommand}")

    context = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    called.__signature__ = inspect.Signature([context, *parameters.values()])  # type: ignore[attr-defined]
    called.__annotations__ = command.__annotations__ | {"ctx": typer.Context}
    del called.__wrapped__
    return called


app.callback(invoke_without_command=True)(_alone(run))
app.command("run")(run)
app.command("report")(backtest_report.report)
app.command("serve-jobs")(backtest_jobs.serve_jobs)
