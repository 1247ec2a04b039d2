"""``levibot control``: which model answers, and how the answers of several are weighed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from connectors.bundles import registry_file
from connectors.bundles.registry import resolve
from connectors.settings import settings
from flows.commands.control_options import ME, Actor, AsJson, Loading, ModelName, Reason, Timeout, Wait
from flows.sending import send_and_tell
from models.desk.references import is_bundle
from models.scoring.registry import BUILT_IN, WALKED

NONE = "none"
"""Selected as the challenger, it drops the one there is."""


def add(app: typer.Typer) -> None:
    """Add these commands to ``levibot control``."""
    app.command("model.select")(model_select)
    app.command("model.promote")(model_promote)
    app.command("model.rollback")(model_rollback)
    app.command("weights.set")(weights_set)


def model_select(
    name: ModelName,
    slot: Annotated[
        Literal["model", "challenger"], typer.Option("--as", help="To answer, or to answer beside it.")
    ] = "model",
    wait: Wait = False, timeout: Loading = 60, actor: Actor = ME, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Score with another model: a built-in one from the next row on, a trained one once it is loaded.

    Until then, and where it is refused, the model before goes on. As the
    challenger it answers every row beside the model; "none" drops it.
    """
    dropped = slot == "challenger" and name == NONE
    args = {"name": NONE if dropped else _reference(name)} | ({"as": slot} if slot == "challenger" else {})
    send_and_tell("model.select", args, wait, timeout, actor, as_json)


def model_promote(
    name: ModelName,
    note: Annotated[str, typer.Option(help="Why, for the audit.")] = "",
    wait: Wait = False, timeout: Loading = 60, actor: Actor = ME, as_json: AsJson = False,
) -> None:  # fmt: skip
    """As model.select, and end the canary with it. `levibot models promote` also writes the registry."""
    send_and_tell("model.promote", {"name": _reference(name), "note": note}, wait, timeout, actor, as_json)


def model_rollback(
    name: ModelName, reason: Reason = "",
    wait: Wait = False, timeout: Loading = 60, actor: Actor = ME, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Go back to a model. `levibot models rollback` finds the one before, and also writes the registry."""
    args = {"name": _reference(name), "reason": reason}
    send_and_tell("model.rollback", args, wait, timeout, actor, as_json)


def weights_set(
    parts: Annotated[str | None, typer.Option(help="Of RSI, MACD, trend, such as 0.33,0.33,0.33.")] = None,
    member: Annotated[
        list[str] | None, typer.Option(help="MODEL=WEIGHT of the ensemble; give one for each member.")
    ] = None,
    wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Set the weights of the parts of ml-fusion, or of the members of the ensemble."""
    args: dict[str, Any] = {}
    try:
        if parts:
            args["parts"] = [float(part) for part in parts.split(",")]
        if member:
            pairs = [text.rpartition("=") for text in member]
            args["members"] = {_reference(name): float(weight) for name, _, weight in pairs}
    except ValueError as error:
        raise typer.BadParameter(f"a weight is a number: {error}") from error
    send_and_tell("weights.set", args, wait, timeout, actor, as_json)


def _reference(name: str) -> str:
    """Return what the shards are to be told: NAME@SHA256 for a trained model of this machine's registry."""
    if name in (*BUILT_IN, *WALKED) or is_bundle(name):
        return name
    found = resolve(registry_file.read(settings().registry_file), name)
    if found.note:
        typer.echo(found.note, err=True)
    return found.reference
