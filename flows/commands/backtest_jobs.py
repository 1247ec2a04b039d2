"""``levibot backtest serve-jobs``: backtests that are asked for on the control topic."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from flows.expected import expected
from flows.tick_options import asks_for_ticks
from flows.ticks import Ticks

OUT = Path("reports/backtests")


@asks_for_ticks
def serve_jobs(
    asked: Ticks,
    model: Annotated[str | None, typer.Option(help="Of commands that name none.")] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, help="At the same time. Default: one a core.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Each job's results are in a folder of it.")] = OUT,
    seed: Annotated[int, typer.Option(min=0, help="Of the bootstrap and the random entries.")] = 0,
    once: Annotated[bool, typer.Option("--once", help="End when no job is left.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a job.")] = False,
) -> None:
    """Run the backtests that admins ask for by backtest.run, one after the other.

    A command may name symbols, days and a model; the ticks are those given
    here. Each job runs once, whatever happens: what is done is noted in
    jobs.jsonl, and a job that was interrupted goes on at the next start.
    Ctrl-C and SIGTERM end it.

    Ask: levibot control send backtest.run '{"days": 90, "model": "ml-fusion"}'

    Serve: levibot backtest serve-jobs --ticks btcusdt.parquet

    Exit codes: 0 ended, 2 it could not begin.
    """
    with expected("backtest serve-jobs"):
        from flows.backtest.asked import Asked, cores  # noqa: PLC0415  the libraries take a second
        from flows.backtest.serving import serve_and_tell  # noqa: PLC0415

        template = Asked(
            ticks=asked,
            out=out,
            symbols=(asked.symbol,) if asked.symbol else (),
            days=asked.days,
            model=model,
            seed=seed,
            processes=processes or cores(),
            command=("levibot", "backtest", "serve-jobs"),
        )
        serve_and_tell(template, once=once, show=_shown if not as_json else _as_json)


def _shown(line: dict[str, Any]) -> None:
    typer.echo(f"{line['id']}: {line['why'] or ', '.join(line['results'])}", err=line["state"] == "failed")


def _as_json(line: dict[str, Any]) -> None:
    typer.echo(orjson.dumps(line))
