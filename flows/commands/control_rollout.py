"""``levibot control``: the phases of a rollout, set by hand or run by the guard."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from flows.commands.control_options import ME, Actor, AsJson, Reason, Timeout, Wait, Why
from flows.sending import send_and_tell

PHASES: dict[str, float | str] = {"preview": "preview", "0": 0, "0.1": 0.1, "0.5": 0.5, "1": 1.0, "1.0": 1.0}


def add(app: typer.Typer) -> None:
    """Add these commands to ``levibot control``."""
    app.command("rollout")(rollout)
    app.command("rollback")(rollback)
    app.command("rollout.start")(start)
    app.command("rollout.approve")(approve)
    app.command("rollout.suspend")(suspend)
    app.command("rollout.resume")(go_on)
    app.command("rollout.retry")(retry)


def rollout(
    phase: Annotated[str, typer.Argument(help="preview, 0, 0.1, 0.5 or 1.0")],
    of: Annotated[
        Literal["model", "challenger"], typer.Option(help="Whose share of the symbols it is.")
    ] = "model",
    reason: Reason = "", wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Set the share of symbols by hand: of the model to trade at all, of the challenger to decide.

    While the guard runs a profile, it sets the phases itself; suspend it
    first.
    """
    if phase not in PHASES:
        raise typer.BadParameter("say preview, 0, 0.1, 0.5 or 1.0")
    args: dict[str, Any] = {"phase": PHASES[phase], "reason": reason}
    args |= {"of": of} if of == "challenger" else {}
    send_and_tell("rollout", args, wait, timeout, actor, as_json)


def rollback(
    reason: Reason = "", wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """End the rollout at once: the challenger decides nothing; of the model, every signal is advisory."""
    send_and_tell("rollback", {"reason": reason}, wait, timeout, actor, as_json)


def start(
    profile: Annotated[str, typer.Argument(help="golive, runbook, spark, marathon or enterprise.")],
    model: Annotated[str, typer.Option(help="The challenger; else the one that is selected.")] = "",
    hours: Annotated[
        float | None, typer.Option(help="How long, in event time; else what the profile says.")
    ] = None,
    literal: Annotated[
        bool, typer.Option("--literal", help="Its verdict counts checks, whichever they are.")
    ] = False,
    reason: Reason = "", wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Let the guard run a profile: its phases, checks, promotion and rollback."""
    args: dict[str, Any] = {"profile": profile, "model": model, "reason": reason}
    args |= ({} if hours is None else {"hours": hours}) | ({"literal": True} if literal else {})
    send_and_tell("rollout.start", args, wait, timeout, actor, as_json)


def approve(
    reason: Reason = "", wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Let a run go on from a phase that waits for a person."""
    send_and_tell("rollout.approve", {"reason": reason}, wait, timeout, actor, as_json)


def suspend(
    reason: Why, wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Hold a run where it is: no step forward, while failed checks still roll back."""
    send_and_tell("rollout.suspend", {"reason": reason}, wait, timeout, actor, as_json)


def go_on(
    reason: Why, wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """End a suspension; a pause for want of evidence ends by itself."""
    send_and_tell("rollout.resume", {"reason": reason}, wait, timeout, actor, as_json)


def retry(
    reason: Why,
    model: Annotated[str, typer.Option(help="Its reference; else the one that failed last.")] = "",
    wait: Wait = False, timeout: Timeout = 10, actor: Actor = ME,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Allow the bundle that was rolled back to be started again; this does not start it."""
    send_and_tell("rollout.retry", {"reason": reason, "model": model}, wait, timeout, actor, as_json)
