"""``levibot profiles``: the ways of going live, what each asks for, and whether a file of one is right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console, Group

from connectors.config_file import ConfigError
from connectors.profile_file import FOLDER, profile_named, profile_names, read_profile
from connectors.rules_file import reactions
from connectors.settings import settings
from flows.profile_tables import listing, shown
from models.profiles.plain import as_dict
from models.rules.rule import Rule

app = typer.Typer()

AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


@app.callback(invoke_without_command=True)
def profiles(context: typer.Context) -> None:
    """Show the profiles: ways of going live with their phases, criteria and rules."""
    if context.invoked_subcommand is None:
        list_command()


@app.command("list")
def list_command(as_json: AsJson = False) -> None:
    """List the profiles with their phases and their worst-case times.

    They are those of the folder profiles beside RULES_FILE. The times are
    those of the log: the longest to the end of the last phase if every check
    succeeds, and the longest from a breach to the rollback.

    Exit codes: 0 all can be used, 1 one is wrong, 2 one could not be read.
    """
    with _told():
        base, folder = _base(), _folder()
        found = [profile_named(folder, name) for name in profile_names(folder)]
    if as_json:
        typer.echo(orjson.dumps([as_dict(profile, base) for profile in found]))
    else:
        Console().print(listing(found, base))


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="Of the profile, as levibot profiles lists it.")],
    as_json: AsJson = False,
) -> None:
    """Show a profile: its phases, what each asks for, its gates, rules and checklist.

    A criterion with a dot is critical: one that fails never lets a rollout go
    on, and rolls it back after the fails in a row that the profile says. The
    rules are the profile's own; those of levibot rules hold beside them.

    Examples: levibot profiles show spark; what a marathon asks for at its
    end: levibot profiles show marathon --json | jq .verdict.promote

    Exit codes: 0 shown, 1 the profile is wrong, 2 it could not be read.
    """
    with _told():
        base, found = _base(), profile_named(_folder(), name)
    if as_json:
        typer.echo(orjson.dumps(as_dict(found, base)))
    else:
        Console().print(Group(*shown(found, base)))


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="A profile, called NAME.yml.")], as_json: AsJson = False
) -> None:
    """Say whether a file is a profile that can be run, and what is wrong with it.

    Each error names the file, the profile, the field, and what it needs. To
    change a profile, copy it under another name, change the name in it as
    well, check it, and put it into configs/profiles.

    Exit codes: 0 right, 1 wrong, 2 it could not be read.
    """
    with _told():
        base, found = _base(), read_profile(file)
    if as_json:
        typer.echo(orjson.dumps(as_dict(found, base)))
    else:
        phases, rules = len(found.plan.phases), len(found.rules)
        typer.echo(f"{file}: profile '{found.name}': {phases} phases and {rules} rules, all right")


def _base() -> tuple[Rule, ...]:
    return reactions(settings().rules_file)


def _folder() -> Path:
    return settings().rules_file.parent / FOLDER


@contextmanager
def _told() -> Iterator[None]:
    """Turn a bad file into a line for each error, and exit code 1; 2 where there is none to be read."""
    try:
        yield
    except ConfigError as error:
        for line in str(error).splitlines():
            typer.echo(f"levibot: {line}", err=True)
        unread = error.__cause__ is None or isinstance(error.__cause__, OSError)
        raise typer.Exit(2 if unread else 1) from error
