"""``levibot models promote`` and ``rollback``: which bundle is the current one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from connectors.settings import settings
from flows.registry.ending import print_json, told
from flows.registry.place import place

if TYPE_CHECKING:
    from flows.registry.announcing import Announce
    from flows.registry.promoting import Done

Note = Annotated[str, typer.Option(help="Why, for the log.")]
Command = Annotated[
    bool | None,
    typer.Option("--command/--no-command", help="Tell the shards; default: if ADMIN_SECRET is set."),
]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until every shard scores with it.")]
Timeout = Annotated[float, typer.Option(help="Seconds to wait for the shards, loading included.", min=0.1)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


def promote(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Name, run id, reference or alias.")],
    note: Note = "",
    override: Annotated[str | None, typer.Option(help="Why, although a gate failed.")] = None,
    command: Command = None, wait: Wait = False, timeout: Timeout = 60, as_json: Json = False,
) -> None:  # fmt: skip
    """Make a bundle the current model: verified, entered in the registry, linked, told to the shards.

    A bundle whose card failed a gate is promoted only with --override and a
    reason, which the registry and its log keep.

    Exit codes: 0 promoted, 1 refused, 2 it could not be done.
    """
    from flows.registry import promoting  # noqa: PLC0415

    with told("promote"):
        done = promoting.promote(
            place(), model, _announce(command, wait, timeout), note=note, override=override,
            at=datetime.now(UTC),
        )  # fmt: skip
    _report("promoted", done, as_json)


def rollback(
    run_id: Annotated[str | None, typer.Argument(help="An earlier run; else the one before.")] = None,
    note: Note = "", command: Command = None, wait: Wait = False, timeout: Timeout = 60,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Go back to the model that was current before, after it was verified again.

    Exit codes: 0 done, 1 the earlier bundle is refused, 2 it could not be
    done.
    """
    from flows.registry import promoting  # noqa: PLC0415

    with told("rollback"):
        announce = _announce(command, wait, timeout)
        done = promoting.rollback(place(), run_id, announce, note=note, at=datetime.now(UTC))
    _report("back to", done, as_json)


def _announce(command: bool | None, wait: bool, timeout: float) -> Announce:
    from flows.registry import announcing  # noqa: PLC0415

    config = settings()
    tell = config.admin_secret is not None if command is None else command
    return announcing.on_control(config, timeout if wait else None) if tell else announcing.on_nothing


def _report(what: str, done: Done, as_json: bool) -> None:
    if as_json:
        print_json(done.as_dict())
        return
    one = done.promoted
    if done.note:
        typer.echo(done.note)
    typer.echo(f"{what} {one.version}\n{one.reference}")
    if one.override:
        typer.echo(f"past a failed gate: {one.override}")
    if "shards" in done.command:
        typer.echo(f"all {done.command['shards']} shards score with it after {done.command['ms']:.0f} ms")
    elif not done.command:
        typer.echo(
            "no shard was told: a new one begins with it, and running ones take it by\n"
            f"levibot control model.select {one.reference}"
        )
