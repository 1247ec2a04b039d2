"""``levibot chaos``: errors, a throttled feed and a kill under load, injected into a product of its own."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from connectors.bundles import atomic
from connectors.embedded.errors import EmbeddedError

if TYPE_CHECKING:
    from flows.error_drill.result import Outcome

REPORT = Path("docs/KILL_SWITCH_CHAOS_REPORT.md")


def chaos(
    embedded: Annotated[
        bool, typer.Option("--embedded", help="On the embedded broker instead of a real Apache Kafka.")
    ] = False,
    throttle: Annotated[
        float, typer.Option(min=35, max=600, help="How long the feed is throttled, s.")
    ] = 90.0,
    out: Annotated[Path, typer.Option(help="Where the report is written.")] = REPORT,
    keep: Annotated[
        Path | None,
        typer.Option(help="A new folder for logs and state, which is kept; else a temporary one."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Inject trouble, and time how soon it is noticed and how soon all is well.

    Starts a broker, a Redis, the three flows and a live simulated market of
    its own; the product that runs is not touched. The drills: 100 bad
    records in 10 s; a model that fails 100 times in 10 s; a feed that is
    throttled, as by a 429; a kill and its end under load. For each it tells
    what noticed the trouble and after how long, what the product did, and
    the MTTR: from the end of the trouble until all is well, which must be
    under 2 minutes. It takes about four minutes.

    Exit codes: 0 every drill passed, 1 one did not, 2 it could not be run.
    """
    with tempfile.TemporaryDirectory(prefix="levibot-chaos-", ignore_cleanup_errors=True) as scratch:
        folder = keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        outcome = _run(folder.resolve(), throttle, embedded, as_json)
    from flows.error_drill.page import markdown  # noqa: PLC0415  what is not asked for is not loaded

    atomic.write(out, markdown(outcome).encode())
    if as_json:
        typer.echo(orjson.dumps(outcome.as_dict() | {"file": str(out)}, option=orjson.OPT_INDENT_2))
    else:
        _show(outcome, out)
    raise typer.Exit(outcome.exit_code)


def _run(folder: Path, throttle: float, embedded: bool, quiet: bool) -> Outcome:
    from connectors.kafka.errors import BrokerError, TopicsError  # noqa: PLC0415  heavy
    from flows.chaos.worker import ChaosError  # noqa: PLC0415
    from flows.error_drill.drills import DRILLS  # noqa: PLC0415
    from flows.error_drill.plan import Plan  # noqa: PLC0415
    from flows.error_drill.run import drilled  # noqa: PLC0415

    logging.getLogger("connectors.kafka.clients").setLevel(logging.CRITICAL)
    columns = (TextColumn("{task.description:20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    try:
        with Progress(*columns, console=console, transient=True, disable=quiet) as progress:
            task = progress.add_task("starting", total=len(DRILLS))
            return drilled(
                folder,
                Plan(throttle_s=throttle),
                lambda done, what: progress.update(task, completed=done, description=what),
                embedded=embedded,
            )
    except (ChaosError, EmbeddedError, BrokerError, TopicsError) as error:
        typer.echo(f"chaos: {error}", err=True)
        raise typer.Exit(2) from error


def _show(outcome: Outcome, out: Path) -> None:
    from flows.error_drill.tables import overview  # noqa: PLC0415

    console = Console()
    console.print(overview(outcome))
    for drill in outcome.drills:
        for words in drill.wrong:
            console.print(f"{drill.name}: {words}", markup=False)
    said = {0: "every drill passed", 1: "NOT every drill passed"}
    console.print(f"{said[outcome.exit_code]}; written: {out}", markup=False)
