"""The options that every command of ``levibot control`` has."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from flows.sending import ME

__all__ = [
    "ME",
    "Actor",
    "AsJson",
    "Loading",
    "ModelName",
    "Reason",
    "Role",
    "Scope",
    "Timeout",
    "Wait",
    "Why",
]

Wait = Annotated[bool, typer.Option("--wait", help="Wait until every shard has taken it in.")]
Timeout = Annotated[float, typer.Option(help="Seconds to wait for the shards.", min=0.1)]
Loading = Annotated[float, typer.Option(help="Seconds to wait for the shards, loading included.", min=0.1)]
Actor = Annotated[str, typer.Option(help="Who sends it, for the audit.")]
Reason = Annotated[str, typer.Option(help="Why.")]
Why = Annotated[str, typer.Option("--reason", help="Why, for the record; it must be said.")]
Scope = Annotated[str, typer.Option(help="all, model:NAME or symbol:NAME.")]
Role = Annotated[Literal["admin", "trader"], typer.Option(help="In which role: each has a key of its own.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
ModelName = Annotated[str, typer.Argument(help="Built in, or of the registry: levibot models list.")]
