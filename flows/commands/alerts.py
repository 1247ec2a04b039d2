"""``levibot alerts``: whether alerts arrive where they are to."""

from __future__ import annotations

import time
from typing import Annotated

import orjson
import typer

from connectors.settings import settings

app = typer.Typer(help="Alerts to people: whether they arrive.", no_args_is_help=True)
_EXIT = {"delivered": 0, "refused": 1, "failed": 1}


@app.callback()
def _alerts() -> None:
    """Try the way that alerts take to people."""


@app.command()
def test(as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False) -> None:
    """Post one message to WEBHOOK_URL now, and say what was answered.

    It says that it is a test. Nothing else is needed to run: no broker, no
    flow. Look for the message where it should have come; an answer of 200
    says that the receiver took it, not that a person saw it.

    Exit codes: 0 taken, 1 not taken (why is said), 2 there is no WEBHOOK_URL.
    """
    from connectors.config_file import ConfigError  # noqa: PLC0415  what is not asked for is not loaded
    from connectors.webhook.hook import Hook  # noqa: PLC0415
    from connectors.webhook.message import trial  # noqa: PLC0415
    from flows.webhook_process import UNSET  # noqa: PLC0415

    url = settings().webhook_url
    if url is None:
        raise ConfigError(UNSET)
    with Hook(url) as hook:
        answer = hook.post(trial(time.time()))
    if as_json:
        typer.echo(orjson.dumps({"outcome": answer.outcome, "why": answer.why}))
    elif answer.outcome == "delivered":
        typer.echo("the webhook has taken a test message")
    else:
        typer.echo(f"levibot: the webhook did not take it ({answer.why}): check WEBHOOK_URL", err=True)
    raise typer.Exit(_EXIT[answer.outcome])
