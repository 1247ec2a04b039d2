"""What is told of backups, to people and to scripts."""

from __future__ import annotations

from typing import Any

import orjson
import typer
from rich.table import Column, Table

from flows.backup.folder import Backup
from flows.backup.restoring import Restored

Plain = dict[str, Any]


def as_plain(one: Backup) -> Plain:
    """Return a backup as JSON-ready data."""
    found = one.manifest
    told: Plain = {"path": str(one.path), "made_at": one.made.isoformat(), "bytes": one.path.stat().st_size}
    if found is None:
        return told | {"trouble": one.trouble}
    return told | {"app": found.app, "parts": found.parts, "left_out": found.left_out}


def tell_created(made: Backup) -> None:
    """Say what was made, and what is missing in it."""
    assert made.manifest is not None
    parts = ", ".join(f"{part} {count}" for part, count in made.manifest.parts.items())
    typer.echo(f"{made.path}: {made.path.stat().st_size:,} bytes; files: {parts}")
    for part, why in made.manifest.left_out.items():
        typer.echo(f"  without {part}: {why}")


def list_table(found: list[Backup]) -> Table:
    """Return the table of ``backup list``."""
    table = Table("made (UTC)", Column("file", no_wrap=True), "bytes", "files", "without", box=None)
    for one in found:
        parts = one.manifest.parts if one.manifest else {}
        lacks = ", ".join(one.manifest.left_out) or "-" if one.manifest else one.trouble
        size = f"{one.path.stat().st_size:,}"
        held = " ".join(f"{part} {count}" for part, count in parts.items())
        table.add_row(f"{one.made:%Y-%m-%d %H:%M:%S}", one.path.name, size, held, lacks)
    return table


def tell_restored(done: Restored, *, as_json: bool, elsewhere: bool) -> None:
    """Say what was put where, and how to run from there."""
    if as_json:
        told = {"made_at": done.manifest.made_at, "recovery": [str(path) for path in done.recovery]}
        more = {"models": done.models, "environment": done.environment, "view_keys": done.view_keys}
        typer.echo(orjson.dumps(told | more))
        return
    for path in done.recovery:
        typer.echo(f"state    {path}")
    typer.echo(f"models   {len(done.models)} bundles put back; registry of {done.manifest.made_at}")
    if done.view_keys is not None:
        typer.echo(f"view     {done.view_keys} keys")
    if elsewhere:
        typer.echo("run from there with these settings:")
        for name, value in done.environment.items():
            typer.echo(f"{name}={value}")
