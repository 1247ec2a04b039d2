"""``levibot control``: signed commands to the shards, and how fast they took them in."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
import typer

from flows.commands import control_models, control_paper, control_rollout
from flows.commands.control_options import ME, Actor, AsJson, Reason, Role, Scope, Timeout, Wait, Why
from flows.sending import send_and_tell
from models.control.flags import typed

app = typer.Typer(no_args_is_help=True, help="Send a signed command: kill, unkill, canary, model.select, ...")


@app.command()
def kill(
    scope: Scope = "all", reason: Reason = "", wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Turn every signal of the scope to HOLD, until an explicit unkill."""
    send_and_tell("kill", {"reason": reason}, wait, timeout, actor, as_json, scope)


@app.command()
def unkill(
    reason: Annotated[str, typer.Option(help="Why trading may go on.")],
    scope: Scope = "all", wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """End a kill of the same scope."""
    send_and_tell("unkill", {"reason": reason}, wait, timeout, actor, as_json, scope)


@app.command()
def halt(
    reason: Reason = "", wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Stop every order, closing ones too, until resume; signals go on."""
    send_and_tell("halt", {"reason": reason}, wait, timeout, actor, as_json)


@app.command()
def resume(
    reason: Why, wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """End a halt."""
    send_and_tell("resume", {"reason": reason}, wait, timeout, actor, as_json)


@app.command()
def canary(
    state: Annotated[str, typer.Argument(help="on or off")],
    symbol: Annotated[list[str] | None, typer.Option(help="A symbol that may trade.")] = None,
    wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: AsJson = False,
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
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Set a run-time flag of the whitelist, such as ml_confid_floor 0.65."""
    try:
        args = {"key": key, "value": typed(key, value)}
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    send_and_tell("flag.set", args, wait, timeout, actor, as_json)


@app.command("policy.set")
def policy_set(
    entry: Annotated[float, typer.Argument(help="BUY at this probability or above.")],
    exit_: Annotated[float, typer.Argument(metavar="EXIT", help="SELL at this probability or below.")],
    reason: Reason = "", wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Set the two thresholds, such as 0.55 0.45, until a model brings its own."""
    args = {"entry": entry, "exit": exit_, "reason": reason}
    send_and_tell("policy.set", args, wait, timeout, actor, as_json)


@app.command("calibration.mark")
def calibration_mark(
    note: Annotated[str, typer.Option(help="What happened; it is told with the mark.")] = "",
    wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Mark this moment for who looks at the calibration later; nothing else changes."""
    send_and_tell("calibration.mark", {"note": note}, wait, timeout, actor, as_json)


@app.command("send")
def send_any(
    cmd: Annotated[str, typer.Argument(help="Such as backtest.run; docs/control.md lists them all.")],
    args: Annotated[str, typer.Argument(help="Arguments as a JSON object.")] = "{}",
    scope: Scope = "all", role: Role = "admin", wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    name: Annotated[
        str, typer.Option("--id", help="An id of your own: sent again, it is told and nothing happens.")
    ] = "",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Send any command of the control topic.

    With --id it can be tried again without harm: a script that does not know
    whether its first try arrived says the same id, and only one counts.
    """
    try:
        parsed: Any = orjson.loads(args)
    except orjson.JSONDecodeError as error:
        raise typer.BadParameter(f"the arguments are no JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise typer.BadParameter('the arguments are one JSON object, such as {"phase": 0.1}')
    send_and_tell(cmd, parsed, wait, timeout, actor, as_json, scope, role, name)


control_models.add(app)
control_rollout.add(app)
control_paper.add(app)
