"""``levibot cron print``: the lines of a crontab that keep the product looked after."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.checks.crontab import crontab
from flows.expected import expected

app = typer.Typer(help="The lines of a crontab that keep the product looked after.", no_args_is_help=True)


@app.callback()
def cron() -> None:
    """Print the lines of a crontab that keep the product looked after."""


@app.command("print")
def print_command(
    folder: Annotated[
        Path, typer.Option(metavar="DIR", help="The checkout, with .venv and configs in it.")
    ] = Path(),
    logs: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the logs go; else logs in the checkout.")
    ] = None,
    profile: Annotated[
        str, typer.Option(metavar="NAME", help="Also check this profile's items every six hours.")
    ] = "",
) -> None:
    """Print the crontab: the pulse, exports, drift, reports, backups and the weekly training.

    Every path is absolute. What the stream does by itself has no line: ticks
    are taken in as they come, drift and calibration are watched all the time,
    and the guard tunes the weights of the ensemble. Times are those of the
    machine; days in file names are UTC.

    To put it in place of your crontab: levibot cron print | crontab -

    Exit codes: 0 printed, 2 the folder is no checkout with a .venv.
    """
    with expected("cron print"):
        typer.echo(crontab(folder, logs, profile), nl=False)
