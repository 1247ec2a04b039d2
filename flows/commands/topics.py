"""``levibot topics``: the topics an instance needs, with pinned partition counts and settings."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer

from connectors.kafka.topics import create as create_topics
from connectors.kafka.topics import planned
from connectors.settings import settings

app = typer.Typer(no_args_is_help=True, help="Show or create the topics.")
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


@app.command()
def create(as_json: Json = False) -> None:
    """Create the topics that are missing; refuse where one has another partition count."""
    made = [plan.name for plan in create_topics(settings())]
    if as_json:
        typer.echo(orjson.dumps({"created": made}))
    else:
        typer.echo("\n".join(f"created {name}" for name in made) or "all topics are there")


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Show every topic with its partitions and settings, as create would make it."""
    plans = planned(settings())
    if as_json:
        typer.echo(orjson.dumps([{"name": p.name, "partitions": p.partitions, **p.config} for p in plans]))
        return
    for plan in plans:
        typer.echo(
            f"{plan.name:14} {plan.partitions:4}  {' '.join(f'{k}={v}' for k, v in plan.config.items())}"
        )
