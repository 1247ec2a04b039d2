"""``levibot verify marathon``: a 48-hour marathon of simulated event time, end to end, in minutes."""

from __future__ import annotations

import logging
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from connectors.embedded.errors import EmbeddedError
from connectors.kafka.errors import BrokerError, TopicsError

if TYPE_CHECKING:
    from flows.marathon_trial.outcome import Outcome


class Which(StrEnum):
    """Which of the runs."""

    GOOD = "good"
    FAULTY = "faulty"
    SPARSE = "sparse"
    ALL = "all"


def verify_marathon(
    case: Annotated[
        Which,
        typer.Option(
            help="good: promoted, though the guard is killed on the way; faulty: its probabilities are too "
            "bold, and it is rolled back; sparse: too little data, and it is extended."
        ),
    ] = Which.ALL,
    hours: Annotated[
        float, typer.Option(min=24, help="How long the run is to take, of the market's time.")
    ] = 48,
    bootstrap: Annotated[
        str,
        typer.Option(
            help="A running Kafka, where topics of their own are made and deleted; else one is started."
        ),
    ] = "",
    keep: Annotated[
        Path | None,
        typer.Option(help="A new folder for logs, models and state, which is kept; else a temporary one."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Run whole marathons on a simulated market and compare each decision with what it must be.

    Trains a challenger on another stretch of the market, starts an Apache
    Kafka, a Redis, the signals flow, the paper account, the guard and the
    API, and feeds ticks in step with them: 48 hours take minutes. In the
    market order flow is worth far more than a round trip costs, unlike in
    any real one (docs/marathon-trial.md), so what a challenger is worth
    shows in two days. The decisions are the guard's own; its figures are
    worked out anew from the published signals.

    Exit codes: 0 every decision is as it must be, 1 one is not, 2 it could
    not be checked.
    """
    with tempfile.TemporaryDirectory(prefix="levibot-marathon-", ignore_cleanup_errors=True) as scratch:
        folder = keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        outcomes = _run(folder.resolve(), case, hours, bootstrap, as_json)
    if as_json:
        told = {"cases": [one.as_dict() for one in outcomes], "exit_code": _code(outcomes)}
        typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2))
    else:
        _show(outcomes)
    raise typer.Exit(_code(outcomes))


def _code(outcomes: list[Outcome]) -> int:
    return 0 if all(one.holds for one in outcomes) else 1


def _run(folder: Path, case: Which, hours: float, bootstrap: str, quiet: bool) -> list[Outcome]:
    from flows.chaos.worker import ChaosError  # noqa: PLC0415  heavy, and not for other commands
    from flows.marathon_trial.cases import CASES  # noqa: PLC0415
    from flows.marathon_trial.place import services  # noqa: PLC0415
    from flows.marathon_trial.trial import tried  # noqa: PLC0415

    # that a broker goes away at the end is the point
    logging.getLogger("connectors.kafka.clients").setLevel(logging.CRITICAL)
    cases = [*CASES.values()] if case is Which.ALL else [CASES[case.value]]
    columns = (TextColumn("{task.description:40}"), BarColumn(), TimeElapsedColumn())
    try:
        with (
            Progress(*columns, console=Console(stderr=True), transient=True, disable=quiet) as progress,
            services(folder, bootstrap) as place,
        ):
            task = progress.add_task("starting", total=1.0)

            def told(name: str, passed: float, what: str) -> None:
                said = f"{name}: {what}, hour {passed:.0f}"
                progress.update(task, completed=passed / (hours + 6), total=1.0, description=said)

            return [*tried(place, cases, hours, told)]
    except (ChaosError, EmbeddedError, BrokerError, TopicsError) as error:
        typer.echo(f"verify marathon: {error}", err=True)
        raise typer.Exit(2) from error


def _show(outcomes: list[Outcome]) -> None:
    from flows.marathon_trial.tables import tables  # noqa: PLC0415

    console = Console()
    for one in outcomes:
        for table in tables(one):
            console.print(table)
            console.print()
    wrong = [one.ran.case.name for one in outcomes if not one.holds]
    console.print("every decision is as it must be" if not wrong else f"NOT in order: {', '.join(wrong)}")
