"""``levibot run``: one dataflow as a process."""

from __future__ import annotations

from typing import Annotated

import typer

from connectors.settings import settings

app = typer.Typer(no_args_is_help=True, help="Run a dataflow.")


@app.callback()
def _flows() -> None:
    """Run a dataflow until SIGTERM or SIGINT; a clean stop exits 0."""


@app.command()
def signals(
    instance: Annotated[
        int | None, typer.Option(min=0, help="Which share of the shards to take, from 0; else INSTANCE.")
    ] = None,
    of: Annotated[int | None, typer.Option(min=1, help="How many instances there are; else OF.")] = None,
    accept_gap: Annotated[
        bool,
        typer.Option("--accept-gap", help="Begin anew, killed, where history was lost; else it is refused."),
    ] = False,
    days: Annotated[
        float | None,
        typer.Option(min=0, help="How far back shards without any history begin; else as START says."),
    ] = None,
) -> None:
    """Ticks to gated signals: the hot path."""
    # its libraries cost half a second, which a kill from the command line must not wait for
    from flows.signals_process import run_signals  # noqa: PLC0415

    given = {"instance": instance, "of": of}
    config = settings().model_copy(update={k: v for k, v in given.items() if v is not None})
    run_signals(config, accept_gap=accept_gap, days=days)


@app.command()
def paper() -> None:
    """Signals to paper trades: fills, money and equity, with no order ever placed.

    One process for all shards; what it costs and what it begins with are the
    PAPER_* settings (docs/settings.md).
    """
    from flows.paper_process import run_paper  # noqa: PLC0415

    run_paper()


@app.command()
def guard() -> None:
    """What flows publish to alerts, steps of a rollout, and commands.

    One process for all shards. It acts by signed commands alone, so it needs
    ADMIN_SECRET; with GUARD_ACTS=false it only tells what it would do.
    """
    from flows.guard_process import run_guard  # noqa: PLC0415

    run_guard()


@app.command()
def webhook() -> None:
    """Alerts to a webhook, as Slack takes them; off unless WEBHOOK_URL is set.

    One process. Each alert is posted at least once, in order, with its id;
    a receiver that is down is tried again after 1, 2, 4 ... 60 seconds or
    when it says (Retry-After), without end. Alerts from before the very
    first start are not told. levibot alerts test says whether they arrive.
    """
    from flows.webhook_process import run_webhook  # noqa: PLC0415

    run_webhook()
