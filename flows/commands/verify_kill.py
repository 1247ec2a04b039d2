"""``levibot verify kill``: law 4, that a kill wins, and how soon, on a real Kafka under a full backlog."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from connectors.embedded.errors import EmbeddedError
from connectors.kafka.errors import BrokerError, TopicsError

if TYPE_CHECKING:
    from flows.kill_trials.outcome import Outcome


def verify_kill(
    trials: Annotated[int, typer.Option(min=1, help="How many kills are measured.")] = 100,
    bootstrap: Annotated[
        str,
        typer.Option(help="A running Kafka, where topics are made and deleted; else one is started."),
    ] = "",
    seed: Annotated[int, typer.Option(help="Of the simulated market.")] = 1,
    keep: Annotated[
        Path | None,
        typer.Option(help="A new folder for logs and state, which is kept; else a temporary one."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Kill a flow that always says BUY again and again, and time the last BUY.

    Starts an Apache Kafka, a Redis and the signals flow over a backlog of
    simulated ticks that is added to before it ends. For each trial it sends
    a kill, reads from the topics when each shard had it in its journal and
    which signals came before and behind, and unkills. All times are the
    broker's: from the kill's record on control to the last record on signals
    that is no HOLD. At the end flow, Kafka and Redis are ended by SIGKILL
    under a kill, and what the new flow publishes must still be HOLD.

    Exit codes: 0 no signal but HOLD behind an acknowledgement, and the 99th
    percentile at most 100 ms, 1 otherwise, 2 it could not be checked.
    """
    with tempfile.TemporaryDirectory(prefix="levibot-kill-", ignore_cleanup_errors=True) as scratch:
        folder = keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        outcome = _run(folder.resolve(), trials, bootstrap, seed, as_json)
    if as_json:
        typer.echo(orjson.dumps(outcome.as_dict(), option=orjson.OPT_INDENT_2))
    else:
        _show(outcome)
    raise typer.Exit(outcome.exit_code)


def _run(folder: Path, trials: int, bootstrap: str, seed: int, quiet: bool) -> Outcome:
    from flows.chaos.worker import ChaosError  # noqa: PLC0415  heavy, and not for other commands
    from flows.kill_trials.ground import ground  # noqa: PLC0415
    from flows.kill_trials.outcome import Outcome  # noqa: PLC0415
    from flows.kill_trials.run import tried  # noqa: PLC0415

    # that a broker goes away is the point
    logging.getLogger("connectors.kafka.clients").setLevel(logging.CRITICAL)
    columns = (TextColumn("{task.description:24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    try:
        with (
            Progress(*columns, console=console, transient=True, disable=quiet) as progress,
            ground(folder, bootstrap) as place,
        ):
            task = progress.add_task("starting", total=trials)
            run = tried(
                place,
                trials,
                seed,
                lambda done, what: progress.update(task, completed=done, description=what),
            )
            return Outcome(run, f"Apache Kafka at {bootstrap}" if bootstrap else "own Apache Kafka, one node")
    except (ChaosError, EmbeddedError, BrokerError, TopicsError) as error:
        typer.echo(f"verify kill: {error}", err=True)
        raise typer.Exit(2) from error


def _show(outcome: Outcome) -> None:
    console = Console()
    for table in outcome.tables():
        console.print(table)
        console.print()
    said = {0: "the kill holds, and in time", 1: "NOT in order", 2: "could not be checked: no backlog left"}
    console.print(f"{outcome.where}: {said[outcome.exit_code]}")
