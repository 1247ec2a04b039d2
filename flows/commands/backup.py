"""``levibot backup``: what the product keeps, as one archive; and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console

from connectors.settings import settings
from flows.backup.folder import backups, create, named, prune
from flows.backup.restoring import restore
from flows.backup.rotating import rotate
from flows.backup.tables import as_plain, list_table, tell_created, tell_restored
from flows.expected import expected
from flows.monitoring import options as o
from flows.training.progress import stage

app = typer.Typer(
    help="Keep state, models, flags and view as one archive, and put it back.", no_args_is_help=True
)
Out = Annotated[Path, typer.Option(metavar="DIR", help="The folder of backups.")]
OUT = Path("backups")


@app.callback()
def backup() -> None:
    """Keep state, models, flags and view as one archive, and put it back."""


@app.command("create")
def create_command(out: Out = OUT, as_json: o.AsJson = False) -> None:
    """Make a backup: recovery folders, registry and bundles, configuration, desk in force, Redis view.

    The flows may run or be stopped. Each recovery folder is copied at one
    moment, as SQLite sees it; which one does not matter, since ticks and
    journal redo what came after it. Ticks and journal are Kafka's to keep.
    The archive, levibot_YYYYMMDDTHHMMSSZ.tar.gz, begins with a manifest of
    checksums, is read back before it gets its name, and is for you alone
    (mode 600). Secrets (.env) are not in it. What cannot be had, such as the
    view while Redis is down, is left out, and said.

    Every evening: levibot backup create; levibot backup prune --keep 7d

    Exit codes: 0 made, 1 made without some part, 2 not made.
    """
    with expected("backup create"), stage("backup", visible=not as_json) as told:
        made = create(settings(), out, datetime.now(UTC).replace(microsecond=0), told)
    assert made.manifest is not None
    typer.echo(orjson.dumps(as_plain(made))) if as_json else tell_created(made)
    lost = [why for why in made.manifest.left_out.values() if why != "there is none"]
    raise typer.Exit(1 if lost else 0)


@app.command("list")
def list_command(out: Out = OUT, as_json: o.AsJson = False) -> None:
    """List the backups of a folder, newest first, with what each holds.

    Exit codes: 0 listed, 1 there is none, or one cannot be read.
    """
    with expected("backup list"):
        found = backups(out)
    if as_json:
        typer.echo(orjson.dumps([as_plain(one) for one in found]))
    elif found:
        Console().print(list_table(found))
    else:
        typer.echo(f"{out}: no backups; make one: levibot backup create", err=True)
    raise typer.Exit(0 if found and all(one.manifest for one in found) else 1)


@app.command("restore")
def restore_command(
    which: Annotated[
        str, typer.Argument(metavar="[FILE]", help="An archive, its name in --out, or latest.")
    ] = "latest",
    out: Out = OUT,
    into: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Into a new folder, all parts, leaving what is in place alone."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace states and a registry that are there.")
    ] = False,
    view: Annotated[
        bool, typer.Option("--view", help="Also write the view into a Redis that has none.")
    ] = False,
    as_json: o.AsJson = False,
) -> None:
    """Put a backup back: recovery folders, registry and bundles, to where the settings say.

    Stop the flows first: the folder of one that runs is never overwritten.
    Nothing is written before every checksum was compared. A bundle that is
    there stays; a state or registry that is there is replaced with --replace
    alone. Configuration and desk come out with --into DIR, which prints the
    settings to run from there.

    A flow that starts goes on from the restored state and redoes what came
    after it from ticks and journal, publishing nothing twice.

    Exit codes: 0 restored, 2 not: nothing was changed where it says so.
    """
    with expected("backup restore"), stage("restore", visible=not as_json) as told:
        done = restore(named(out, which), settings(), told, into=into, replace=replace, view=view)
    tell_restored(done, as_json=as_json, elsewhere=into is not None)


@app.command("prune")
def prune_command(
    out: Out = OUT,
    keep: Annotated[str, typer.Option(help="How old a backup may become: 7d, 36h.")] = "7d",
    exports: Annotated[str, typer.Option(help="How old what is put away may become.")] = "30d",
    data: Annotated[Path, typer.Option(metavar="DIR", help="Where snapshots of the audit are.")] = Path(
        "data"
    ),
    logs: Annotated[Path, typer.Option(metavar="DIR", help="Where the logs of cron are.")] = Path("logs"),
    as_json: o.AsJson = False,
) -> None:
    """Remove backups that are older, by the time in their names; the newest always stays.

    What a backup that was cut short has left behind goes too. Snapshots of
    the audit of days that are over, and logs of 10 MB (those of cron, and
    AUDIT_FILE), are gzipped, and removed after --exports; the challenger's
    logs do so by themselves.

    Exit codes: 0 pruned, 2 it could not be.
    """
    ages = [timedelta(seconds=o.span_s(span)) for span in (keep, exports)]
    now = datetime.now(UTC)
    with expected("backup prune"):
        folders = (logs, settings().audit_file.parent)
        removed, rotated = prune(out, ages[0], now), rotate(data, folders, ages[1], now)
    if as_json:
        told = {"removed": list(map(str, removed)), "rotated": list(map(str, rotated))}
        typer.echo(orjson.dumps(told))
        return
    for what, paths in (("removed", removed), ("rotated", rotated)):
        for path in paths:
            typer.echo(f"{what} {path}")
    typer.echo(f"{out}: {len(removed)} removed, kept what is younger than {keep}")
