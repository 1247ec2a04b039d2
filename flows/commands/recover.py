"""``levibot recover``: look into an instance's recovery folder, mend it, or throw it away."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from connectors.recovery import store
from connectors.recovery.folder import MANIFEST, RUNNING, STORE, locked, reset
from connectors.recovery.manifest import read
from connectors.settings import settings
from flows.recovering import folder_of

app = typer.Typer(
    no_args_is_help=True,
    help="The recovery folder of one instance: a cache of its state. Without it, all is rebuilt from ticks "
    "and journal.",
)
Instance = Annotated[int | None, typer.Option(min=0, help="Which instance; else INSTANCE.")]


@app.command()
def inspect(
    instance: Instance = None, as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False
) -> None:
    """Show to what the folder belongs and what would be restored; exit 1 if there is nothing."""
    path = _path(instance)
    if not (path / MANIFEST).exists():
        typer.echo(f"{path}: no state; the next start rebuilds it from ticks and journal", err=True)
        raise typer.Exit(1)
    found = _found(path)
    if as_json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2))
        return
    for name, value in found["manifest"].items():
        typer.echo(f"{name:9} {value}")
    typer.echo(f"resumes   at epoch {found['resume_epoch']}; last end was {found['last_end']}")
    for row in found["snapshots"]:
        typer.echo(f"  {row['step']:16} {row['key']:16} epoch {row['epoch']:>6}  {row['bytes']:>9,} bytes")


@app.command()
def purge(instance: Instance = None) -> None:
    """Delete snapshots of epochs that were never completed, as every start does."""
    path = _path(instance)
    with locked(path):
        rows = store.purge(path / STORE)
    typer.echo(f"{path}: {rows} stale snapshots deleted")


@app.command("reset")
def reset_(instance: Instance = None) -> None:
    """Delete the state. The next start rebuilds it from ticks and journal, as far as they reach."""
    path = _path(instance)
    typer.echo(f"{path}: {'deleted' if reset(path) else 'there was nothing'}")


def _path(instance: int | None) -> Path:
    config = settings()
    return folder_of(config if instance is None else config.model_copy(update={"instance": instance}))


def _found(path: Path) -> dict[str, Any]:
    manifest = read(path / MANIFEST)
    rows = store.snapshots(path / STORE)
    return {
        "folder": str(path),
        "manifest": {name: getattr(manifest, name) for name in manifest.__dataclass_fields__},
        "resume_epoch": store.resume_epoch(path / STORE),
        "last_end": "unclean, or it still runs" if (path / RUNNING).exists() else "clean",
        "snapshots": [
            {"step": row.step, "key": row.key, "epoch": row.epoch, "bytes": len(row.pickled or b"")}
            for row in rows
        ],
    }
