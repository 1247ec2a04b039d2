"""Sending a signed command from the command line, and telling how the shards took it in."""

from __future__ import annotations

import getpass
import time
import uuid
from contextlib import closing
from typing import Any

import orjson
import typer

from connectors.kafka.control_client import Ack, Acks
from connectors.kafka.control_sender import AlreadySentError, send
from connectors.kafka.topics import shards
from connectors.settings import Settings, settings
from models.control.commands import SELECTING, Command, check
from models.desk.references import is_bundle
from models.judge.records import Shard

ME = getpass.getuser()


def new_command(
    cmd: str, args: dict[str, Any], actor: str = ME, scope: str = "all", role: str = "admin", name: str = ""
) -> Command:
    """Return a command with a number of its own, and an id where ``name`` gives none.

    Raise ``BadCommandError`` where it is none.
    """
    now = time.time_ns()
    given = {name: value for name, value in args.items() if value != ""}
    command = Command(
        id=name or uuid.uuid4().hex, ts=now, actor=actor, n=now, role=role, cmd=cmd, scope=scope, args=given
    )
    check(command)
    return command


def delivered(
    config: Settings, command: Command, wait_s: float | None
) -> tuple[list[Ack], list[Shard]] | None:
    """Send a command; return the shards' answers and who gave none in ``wait_s``, None if not to wait."""
    if wait_s is None:
        send(config, command)
        return None
    with closing(Acks(config, shards(config))) as acks:
        return acks.wait(command, send(config, command), wait_s)


def send_and_tell(
    cmd: str, args: dict[str, Any], wait: bool, timeout: float, actor: str, as_json: bool, scope: str = "all",
    role: str = "admin", name: str = "",
) -> None:  # fmt: skip
    """Send a command; with ``wait``, print each shard's answer. An id that was sent before is not sent again.

    Exit codes: 0 sent, and taken in where it was waited for, 1 a bundle is refused, 2 a shard is silent.
    """
    command = new_command(cmd, args, actor, scope, role, name)
    try:
        answer = delivered(settings(), command, timeout if wait else None)
    except AlreadySentError as error:
        plain = {"id": command.id, "sent": False, "repeat": True, "offset": error.offset}
        typer.echo(orjson.dumps(plain) if as_json else str(error))
        return
    if answer is not None:
        _report(command, *answer, as_json)
    elif as_json:
        typer.echo(orjson.dumps({"id": command.id, "sent": True}))
    else:
        typer.echo(f"{cmd} sent as {command.id}")


def _report(command: Command, acks: list[Ack], missing: list[Shard], as_json: bool) -> None:
    worst = max((ack.ms for ack in acks), default=None)
    refused = any(ack.refusal for ack in acks)
    if as_json:
        silent = [shard.key for shard in missing]
        typer.echo(
            orjson.dumps(
                {"id": command.id, "ms": worst, "acks": [_plain(ack) for ack in acks], "missing": silent}
            )
        )
    else:
        for ack in acks:
            typer.echo(f"{ack.shard.key}: {_words(ack)}")
        if not missing and not refused:
            typer.echo(f"{command.cmd}: all {len(acks)} shards acknowledged within {worst:.0f} ms")
    if missing:
        typer.echo(_unheard(command, missing), err=True)
        raise typer.Exit(2)
    if refused:
        typer.echo("the model before stays: levibot models verify says what is wrong", err=True)
        raise typer.Exit(1)


def _unheard(command: Command, missing: list[Shard]) -> str:
    """Return who has not answered, and what may be the reason."""
    said = f"no acknowledgement from {', '.join(s.key for s in missing)}: is the flow running?"
    if command.cmd in SELECTING and is_bundle(str(command.args.get("name", ""))):
        said += (
            " An answer is whole with the news that the bundle is loaded, and none comes where the desk "
            "cannot take it so, as the model in use for its own challenger: the log of the flow says why"
        )
    return said


def _plain(ack: Ack) -> dict[str, Any]:
    plain = {"shard": ack.shard.key, "after": ack.after, "seq": ack.seq, "ms": ack.ms}
    if ack.news is None:
        return plain
    return plain | {"news": ack.news.kind, "news_ms": ack.news_ms, **ack.news.as_dict()}


def _words(ack: Ack) -> str:
    words = f"taken in before tick {ack.after} after {ack.ms:.0f} ms"
    if ack.news is None:
        return words
    if ack.refusal:
        return f"{words}; refused after {ack.news_ms:.0f} ms: {ack.refusal}"
    return f"{words}; {ack.news.detail['version']} answers after {ack.news_ms:.0f} ms"
