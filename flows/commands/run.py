"""``levibot run``: one dataflow as a process."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="Run a dataflow.")


@app.callback()
def _flows() -> None:
    """Run a dataflow until SIGTERM or SIGINT; a clean stop exits 0."""


@app.command()
def signals() -> None:
    """Ticks to gated signals: the hot path."""
    # its libraries cost half a second, which a kill from the command line must not wait for
    from flows.signals_process import run_signals  # noqa: PLC0415

    run_signals()
