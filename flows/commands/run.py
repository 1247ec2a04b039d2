"""``levibot run``: one dataflow as a process."""

from __future__ import annotations

import typer

from flows.signals_process import run_signals

app = typer.Typer(no_args_is_help=True, help="Run a dataflow.")


@app.callback()
def _flows() -> None:
    """Run a dataflow until SIGTERM or SIGINT; a clean stop exits 0."""


@app.command()
def signals() -> None:
    """Ticks to gated signals: the hot path."""
    run_signals()
