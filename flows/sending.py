"""Sending a signed command from the command line, and telling how the shards took it in."""

from __future__ import annotations

import getpass
import time
import uuid
from typing import Any

import orjson
import typer

from connectors.kafka.control_client import Ack, Acks, send
from connectors.kafka.topics import shards
from connectors.settings import settings
from models.control.commands import Command, check
from models.desk.news import READY
from models.judge.records import Shard

ME = getpass.getuser()


def new_command(cmd: str, args: dict[str, Any], actor: str = ME, scope: str = "all") -> Command:
    """Return an admin's command with a number of its own; raise ``BadCommandError`` where it is none."""
    now = time.time_ns()
    given = {name: value for name, value in args.items() if value != ""}
    command = Command(
        id=uuid.uuid4().hex, ts=now, actor=actor, n=now, role="admin", cmd=cmd, scope=scope, args=given
    )
    check(command)
    return command


def send_and_tell(
    cmd: str, args: dict[str, Any], wait: bool, timeout: float, actor: str, as_json: bool, scope: str = "all"
) -> None:
    """Send an admin's command; with ``wait``, print each shard's answer.

    Exit codes: 0 sent, and taken in where it was waited for, 1 a bundle is refused, 2 a shard is silent.
    """
    command = new_command(cmd, args, actor, scope)
    acks = Acks(settings(), shards(settings())) if wait else None
    sent_ms = send(settings(), command)
    if acks is None:
        typer.echo(
            orjson.dumps({"id": command.id, "sent": True}) if as_json else f"{cmd} sent as {command.id}"
        )
        return
    found, missing = acks.wait(command, sent_ms, timeout)
    acks.close()
    _report(command, found, missing, as_json)


def _report(command: Command, acks: list[Ack], missing: list[Shard], as_json: bool) -> None:
    worst = max((ack.ms for ack in acks), default=None)
    refused = [ack for ack in acks if ack.news is not None and ack.news.kind != READY]
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
        typer.echo(
            f"no acknowledgement from {', '.join(s.key for s in missing)}: is the flow running?", err=True
        )
        raise typer.Exit(2)
    if refused:
        typer.echo("the model before stays: levibot models verify says what is wrong", err=True)
        raise typer.Exit(1)


def _plain(ack: Ack) -> dict[str, Any]:
    plain = {"shard": ack.shard.key, "after": ack.after, "seq": ack.seq, "ms": ack.ms}
    if ack.news is None:
        return plain
    return plain | {"news": ack.news.kind, "news_ms": ack.news_ms, **ack.news.as_dict()}


def _words(ack: Ack) -> str:
    words = f"taken in before tick {ack.after} after {ack.ms:.0f} ms"
    if ack.news is None:
        return words
    if ack.news.kind == READY:
        return f"{words}; {ack.news.detail['version']} answers after {ack.news_ms:.0f} ms"
    return f"{words}; refused after {ack.news_ms:.0f} ms: {ack.news.detail.get('detail')}"
