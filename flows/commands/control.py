"""``levibot control``: signed commands to the shards, and how fast they took them in."""

from __future__ import annotations

import getpass
import time
import uuid
from typing import Annotated, Any

import orjson
import typer

from connectors.kafka.control_client import Ack, Acks, send
from connectors.kafka.topics import shards
from connectors.settings import settings
from models.control.commands import Command, check
from models.control.flags import typed
from models.judge.records import Shard

app = typer.Typer(no_args_is_help=True, help="Send a signed command: kill, unkill, canary, model.select, ...")

Wait = Annotated[bool, typer.Option("--wait", help="Wait until every shard has taken it in.")]
Timeout = Annotated[float, typer.Option(help="Seconds to wait for the shards.", min=0.1)]
Actor = Annotated[str, typer.Option(help="Who sends it, for the audit.")]
Reason = Annotated[str, typer.Option(help="Why.")]
Scope = Annotated[str, typer.Option(help="all, model:NAME or symbol:NAME.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]

_ME = getpass.getuser()


@app.command()
def kill(
    scope: Scope = "all", reason: Reason = "", wait: Wait = False, timeout: Timeout = 10, actor: Actor = _ME,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Turn every signal of the scope to HOLD, until an explicit unkill."""
    _send("kill", {"reason": reason}, wait, timeout, actor, as_json, scope)


@app.command()
def unkill(
    reason: Annotated[str, typer.Option(help="Why trading may go on.")],
    scope: Scope = "all", wait: Wait = False, timeout: Timeout = 10, actor: Actor = _ME,
    as_json: Json = False,
) -> None:  # fmt: skip
    """End a kill of the same scope."""
    _send("unkill", {"reason": reason}, wait, timeout, actor, as_json, scope)


@app.command()
def canary(
    state: Annotated[str, typer.Argument(help="on or off")],
    symbol: Annotated[list[str] | None, typer.Option(help="A symbol that may trade.")] = None,
    wait: Wait = False, timeout: Timeout = 10, actor: Actor = _ME,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Let only some symbols trade (on), or all (off)."""
    if state not in ("on", "off"):
        raise typer.BadParameter("say on or off")
    args = {"enabled": state == "on"} | ({"symbols": symbol} if symbol else {})
    _send("canary", args, wait, timeout, actor, as_json)


@app.command("flag.set", context_settings={"ignore_unknown_options": True})  # values may begin with a minus
def flag_set(
    key: Annotated[str, typer.Argument(help="The flag's name.")],
    value: Annotated[str, typer.Argument(help="true, false or a number.")],
    wait: Wait = False, timeout: Timeout = 10, actor: Actor = _ME,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Set a run-time flag of the whitelist, such as ml_confid_floor 0.65."""
    try:
        args = {"key": key, "value": typed(key, value)}
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    _send("flag.set", args, wait, timeout, actor, as_json)


@app.command("model.select")
def model_select(
    name: Annotated[str, typer.Argument(help="The model's name.")],
    wait: Wait = False, timeout: Timeout = 10, actor: Actor = _ME,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Score with another model from the next row on, such as stub-sine."""
    _send("model.select", {"name": name}, wait, timeout, actor, as_json)


@app.command("send")
def send_any(
    cmd: Annotated[str, typer.Argument(help="Such as rollout, rollback, halt or policy.set.")],
    args: Annotated[str, typer.Argument(help="Arguments as a JSON object.")] = "{}",
    scope: Scope = "all", wait: Wait = False, timeout: Timeout = 10, actor: Actor = _ME,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Send any command of the control topic."""
    try:
        parsed = orjson.loads(args)
    except orjson.JSONDecodeError as error:
        raise typer.BadParameter(f"the arguments are no JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise typer.BadParameter('the arguments are one JSON object, such as {"phase": 0.1}')
    _send(cmd, parsed, wait, timeout, actor, as_json, scope)


def new_command(cmd: str, args: dict[str, Any], actor: str = _ME, scope: str = "all") -> Command:
    """Return an admin's command with a number of its own; raise ``BadCommandError`` where it is none."""
    now = time.time_ns()
    given = {name: value for name, value in args.items() if value != ""}
    command = Command(
        id=uuid.uuid4().hex, ts=now, actor=actor, n=now, role="admin", cmd=cmd, scope=scope, args=given
    )
    check(command)
    return command


def _send(
    cmd: str, args: dict[str, Any], wait: bool, timeout: float, actor: str, as_json: bool, scope: str = "all"
) -> None:
    command = new_command(cmd, args, actor, scope)
    acks = Acks(settings(), shards(settings())) if wait else None
    sent_ms = send(settings(), command)
    if acks is None:
        typer.echo(
            orjson.dumps({"id": command.id, "sent": True}) if as_json else f"{cmd} sent as {command.id}"
        )
        return
    found, missing = acks.wait(command.id, sent_ms, timeout)
    acks.close()
    _report(command, found, missing, as_json)


def _report(command: Command, acks: list[Ack], missing: list[Shard], as_json: bool) -> None:
    worst = max((ack.ms for ack in acks), default=None)
    if as_json:
        places = [{"shard": a.shard.key, "after": a.after, "seq": a.seq, "ms": a.ms} for a in acks]
        silent = [shard.key for shard in missing]
        typer.echo(orjson.dumps({"id": command.id, "ms": worst, "acks": places, "missing": silent}))
    else:
        for ack in acks:
            typer.echo(f"{ack.shard.key}: taken in before tick {ack.after} after {ack.ms:.0f} ms")
        if not missing:
            typer.echo(f"{command.cmd}: all {len(acks)} shards acknowledged within {worst:.0f} ms")
    if missing:
        typer.echo(
            f"no acknowledgement from {', '.join(s.key for s in missing)}: is the flow running?", err=True
        )
        raise typer.Exit(2)
