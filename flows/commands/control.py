"""``levibot control``: signed commands to the shards, and how fast they took them in."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
import typer

from connectors.bundles import registry_file
from connectors.bundles.registry import resolve
from connectors.settings import settings
from flows.sending import ME, send_and_tell
from models.control.flags import typed
from models.desk.references import is_bundle
from models.scoring.registry import BUILT_IN, WALKED

app = typer.Typer(no_args_is_help=True, help="Send a signed command: kill, unkill, canary, model.select, ...")

Wait = Annotated[bool, typer.Option("--wait", help="Wait until every shard has taken it in.")]
Timeout = Annotated[float, typer.Option(help="Seconds to wait for the shards.", min=0.1)]
Actor = Annotated[str, typer.Option(help="Who sends it, for the audit.")]
Reason = Annotated[str, typer.Option(help="Why.")]
Scope = Annotated[str, typer.Option(help="all, model:NAME or symbol:NAME.")]
Role = Annotated[Literal["admin", "trader"], typer.Option(help="In which role: each has a key of its own.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]

ModelName = Annotated[str, typer.Argument(help="Built in, or of the registry: levibot models list.")]
Loading = Annotated[float, typer.Option(help="Seconds to wait for the shards, loading included.", min=0.1)]


@app.command()
def kill(
    scope: Scope = "all", reason: Reason = "", wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Turn every signal of the scope to HOLD, until an explicit unkill."""
    send_and_tell("kill", {"reason": reason}, wait, timeout, actor, as_json, scope)


@app.command()
def unkill(
    reason: Annotated[str, typer.Option(help="Why trading may go on.")],
    scope: Scope = "all", wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: Json = False,
) -> None:  # fmt: skip
    """End a kill of the same scope."""
    send_and_tell("unkill", {"reason": reason}, wait, timeout, actor, as_json, scope)


@app.command()
def canary(
    state: Annotated[str, typer.Argument(help="on or off")],
    symbol: Annotated[list[str] | None, typer.Option(help="A symbol that may trade.")] = None,
    wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Let only some symbols trade (on), or all (off)."""
    if state not in ("on", "off"):
        raise typer.BadParameter("say on or off")
    args = {"enabled": state == "on"} | ({"symbols": symbol} if symbol else {})
    send_and_tell("canary", args, wait, timeout, actor, as_json)


@app.command("flag.set", context_settings={"ignore_unknown_options": True})  # values may begin with a minus
def flag_set(
    key: Annotated[str, typer.Argument(help="The flag's name.")],
    value: Annotated[str, typer.Argument(help="true, false or a number.")],
    wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Set a run-time flag of the whitelist, such as ml_confid_floor 0.65."""
    try:
        args = {"key": key, "value": typed(key, value)}
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    send_and_tell("flag.set", args, wait, timeout, actor, as_json)


@app.command("model.select")
def model_select(
    name: ModelName, wait: Wait = False, timeout: Loading = 60, actor: Actor = ME, as_json: Json = False,
) -> None:  # fmt: skip
    """Score with another model: a built-in one from the next row on, a trained one once it is loaded.

    Until then, and where it is refused, the model before goes on.
    """
    send_and_tell("model.select", {"name": _reference(name)}, wait, timeout, actor, as_json)


@app.command("model.promote")
def model_promote(
    name: ModelName,
    note: Annotated[str, typer.Option(help="Why, for the audit.")] = "",
    wait: Wait = False, timeout: Loading = 60, actor: Actor = ME, as_json: Json = False,
) -> None:  # fmt: skip
    """As model.select, and end the canary with it. `levibot models promote` also writes the registry."""
    send_and_tell("model.promote", {"name": _reference(name), "note": note}, wait, timeout, actor, as_json)


@app.command("model.rollback")
def model_rollback(
    name: ModelName, reason: Reason = "",
    wait: Wait = False, timeout: Loading = 60, actor: Actor = ME, as_json: Json = False,
) -> None:  # fmt: skip
    """Go back to a model. `levibot models rollback` finds the one before, and also writes the registry."""
    send_and_tell(
        "model.rollback", {"name": _reference(name), "reason": reason}, wait, timeout, actor, as_json
    )


@app.command("weights.set")
def weights_set(
    parts: Annotated[str | None, typer.Option(help="Of RSI, MACD, trend, such as 0.33,0.33,0.33.")] = None,
    member: Annotated[
        list[str] | None, typer.Option(help="MODEL=WEIGHT of the ensemble; give one for each member.")
    ] = None,
    wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME, as_json: Json = False,
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


@app.command("paper.order")
def paper_order(
    symbol: Annotated[str, typer.Argument(help="Such as BTCUSDT, or binance:BTCUSDT where venues share it.")],
    side: Annotated[Literal["buy", "sell"], typer.Argument(help="Which side.")],
    notional_usd: Annotated[float, typer.Argument(help="How much; a sell of 0 closes the position.", min=0)],
    reason: Reason = "", role: Role = "admin", wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Place an order in the paper account: a buy is capped by its cash and limits, a sell by what it holds.

    While trading is killed only sells work, while it is halted nothing. What became of it is on trades.
    """
    args = {"symbol": symbol, "side": side, "notional_usd": notional_usd, "reason": reason}
    send_and_tell("paper.order", args, wait, timeout, actor, as_json, role=role)


@app.command("paper.close")
def paper_close(
    symbol: Annotated[str, typer.Argument(help="Which position; all of them without one.")] = "",
    reason: Reason = "", role: Role = "admin", wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Sell a position of the paper account, or all, and take back what would buy more of it."""
    args = {"symbol": symbol, "reason": reason}
    send_and_tell("paper.close", args, wait, timeout, actor, as_json, role=role)


@app.command("send")
def send_any(
    cmd: Annotated[str, typer.Argument(help="Such as rollout, rollback, halt or policy.set.")],
    args: Annotated[str, typer.Argument(help="Arguments as a JSON object.")] = "{}",
    scope: Scope = "all", role: Role = "admin", wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Send any command of the control topic."""
    try:
        parsed = orjson.loads(args)
    except orjson.JSONDecodeError as error:
        raise typer.BadParameter(f"the arguments are no JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise typer.BadParameter('the arguments are one JSON object, such as {"phase": 0.1}')
    send_and_tell(cmd, parsed, wait, timeout, actor, as_json, scope, role)
