"""``levibot rules``: the reactions of a rules file as a table, and whether the file is right."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from connectors.config_file import ConfigError
from connectors.rules_file import reactions
from connectors.settings import settings
from models.rules.page import done
from models.rules.rule import Rule, duration


def rules(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Instead of RULES_FILE.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say whether the file is right.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the rules as one JSON list.")] = False,
) -> None:
    """Show what is done when a metric is beyond a value for a time.

    A rule fires once an episode, after its time of the log, and resolves
    with the first value by which it no longer holds. Its page of the runbook
    says what it means, how to look, what to do, and how to end it.

    Examples: levibot rules; before a start with other rules, to be told the
    rule and the field that is wrong: levibot rules --check my-rules.yml; what
    can stop trading: levibot rules --json | jq '.[] | select(.severity=="P0")'

    Exit codes: 0 right, 1 the file is wrong, 2 it could not be read.
    """
    path = file or settings().rules_file
    try:
        found = reactions(path)
    except ConfigError as error:
        typer.echo(f"levibot: {error}", err=True)
        raise typer.Exit(2 if isinstance(error.__cause__, OSError) else 1) from error
    if as_json:
        typer.echo(orjson.dumps([rule.as_dict() for rule in found]))
    elif check:
        typer.echo(f"{path}: {len(found)} rules, all right")
    else:
        Console().print(_table(found, path))


def _table(found: tuple[Rule, ...], path: Path) -> Table:
    table = Table(
        title=str(path),
        caption="--json and docs/rules.md name the page of each",
        box=None,
        padding=(0, 1, 0, 0),
    )
    for name in ("rule", "metric", "of", "beyond", "for", "", "what is done"):
        table.add_column(name, no_wrap=name in ("rule", "metric", "for"), overflow="fold")
    colours = {"P0": "red", "P1": "yellow", "P2": "cyan", "P3": "dim"}
    for rule in found:
        severity = f"[{colours[rule.severity]}]{rule.severity}[/]"
        sustained = duration(rule.for_s) if rule.for_s else ""
        beyond = f"{rule.op} {rule.value:g}"
        scope = rule.scope.replace("_", ", ")
        table.add_row(rule.name, rule.metric, scope, beyond, sustained, severity, done(rule))
    return table
