"""``levibot models``: the trained models: which there are, how good, which one is current."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown

from connectors.bundles import registry_file
from flows.commands.models_pack import pack
from flows.commands.models_promote import promote, rollback
from flows.registry.ending import print_json, told
from flows.registry.place import place

app = typer.Typer(
    no_args_is_help=True,
    help="Trained models: list them, read their cards, verify, promote, roll back, pack your own.",
)

Wanted = Annotated[str, typer.Argument(metavar="MODEL", help="Name, run id, reference or alias.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Show every bundle: its gates, whether its files are as published, and which one is current.

    Exit codes: 0 shown, 2 the registry cannot be read.
    """
    from flows.registry.listing import lines, table, unregistered  # noqa: PLC0415

    with told("list"):
        where = place()
        registry = registry_file.read(where.registry)
        found = lines(registry, where.models_dir, where.registry)
        others = unregistered(registry, where.models_dir)
    if as_json:
        reference = registry.current.reference if registry.current else None
        print_json(
            {"current": reference, "bundles": [line.as_dict() for line in found], "unregistered": others}
        )
        return
    if found:
        Console().print(table(found))
    else:
        typer.echo(f"no bundles in {where.registry}; train one: levibot train --help")
    if registry.current and registry.current.override:
        typer.echo(f"the current model was promoted past a failed gate: {registry.current.override}")
    for run in others:
        typer.echo(f"not registered: {run}; enter it with: levibot models register {run}")


@app.command()
def show(model: Wanted = "current", as_json: Json = False) -> None:
    """Print the card of a bundle, after its files were compared with their digests.

    Exit codes: 0 shown, 1 the files are not as published, 2 no such model.
    """
    from flows.registry.showing import shown  # noqa: PLC0415

    with told("show"):
        found = shown(place(), model)
    if as_json:
        print_json(found.as_dict())
        return
    typer.echo(found.head())
    Console().print(Markdown(found.page))


@app.command()
def verify(
    models: Annotated[
        list[str] | None, typer.Argument(metavar="[MODEL]...", help="Names, run ids, references.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every bundle of the registry.")] = False,
    as_json: Json = False,
) -> None:
    """Load bundles as the flow would: digests, then a process of its own, then the golden answers.

    Without a name: the current one.

    Exit codes: 0 all can be loaded, 1 one is refused, 2 it could not be checked.
    """
    from flows.registry.verifying import verified  # noqa: PLC0415

    with told("verify"):
        found = verified(place(), models or [], every, visible=not as_json)
    if as_json:
        print_json({"holds": all(one.holds for one in found), "bundles": [one._asdict() for one in found]})
    else:
        for one in found:
            typer.echo(f"{one.run_id}  {one.name}  {'ok' if one.holds else f'{one.reason}: {one.detail}'}")
    raise typer.Exit(0 if all(one.holds for one in found) else 1)


@app.command()
def register(
    run_id: Annotated[str, typer.Argument(help="The folder's name.")], as_json: Json = False
) -> None:
    """Enter a bundle that came from another machine, after it was opened in a process of its own.

    Exit codes: 0 entered, 1 the bundle is refused, 2 it could not be done.
    """
    from flows.registry.entering import entered  # noqa: PLC0415

    with told("register"):
        reference = entered(place(), run_id, datetime.now(UTC))
    if as_json:
        print_json({"reference": reference})
    else:
        typer.echo(reference)


app.command("promote")(promote)
app.command("rollback")(rollback)
app.command("pack")(pack)
