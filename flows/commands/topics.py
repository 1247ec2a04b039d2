"""``levibot topics``: the topics an instance needs, with pinned partition counts and settings."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer

from connectors.kafka.control_sender import send
from connectors.kafka.growth import grow as grow_topics
from connectors.kafka.topics import create as create_topics
from connectors.kafka.topics import planned
from connectors.settings import settings
from flows.sending import new_command

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


@app.command()
def grow(as_json: Json = False) -> None:
    """Take in new partitions of a tick topic: output topics grow with it, and symbols that moved are retired.

    Afterwards stop each instance, run levibot recover reset for it, and
    start it again: then it reads the new partitions too.
    """
    grown = grow_topics(settings())
    for topic, partitions in grown.items():
        send(settings(), new_command("partitions.grow", {"topic": topic, "partitions": partitions}))
    if as_json:
        typer.echo(orjson.dumps({"grown": grown}))
        return
    for topic, partitions in grown.items():
        typer.echo(f"{topic} has {partitions} partitions now; symbols that moved are retired where they were")
    typer.echo(
        "now, for each instance: stop it, levibot recover reset, start it" if grown else "nothing has grown"
    )


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
