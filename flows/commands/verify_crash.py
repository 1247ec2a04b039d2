"""``levibot verify crash``: law 3, that a crash changes nothing, tried on a broker of its own."""

from __future__ import annotations

import logging
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from connectors.embedded.errors import EmbeddedError

if TYPE_CHECKING:
    from flows.chaos.outcome import Outcome

EMBEDDED_NOTE = (
    "embedded broker: nothing is on disk and there are no transactions, so this shows nothing about a "
    "broker's own crash, durability or fencing"
)


def verify_crash(
    kills: Annotated[int, typer.Option(min=1, help="How many times a process is killed.")] = 100,
    instances: Annotated[int, typer.Option(min=1, max=4, help="How many processes share the shards.")] = 1,
    embedded: Annotated[
        bool, typer.Option("--embedded", help="On the embedded broker instead of a real Apache Kafka.")
    ] = False,
    transactions: Annotated[
        bool,
        typer.Option("--transactions", help="With OUTPUT_TRANSACTIONS, and take-overs of hung processes."),
    ] = False,
    seed: Annotated[
        int | None, typer.Option(help="What to do in which order; else drawn and printed.")
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(help="A new folder for logs and state, which is kept; else a temporary one."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Kill the signals flow again and again, then account for every record.

    Starts a broker, a Redis, a simulated market and an operator of its own,
    and kills processes with SIGKILL: at named points around every send,
    acknowledgement, produce and snapshot, at commits to disk, while starting
    and at random, with stalls and restarts of what is around in between.
    Commands keep arriving while nobody listens. Afterwards a verifier that
    shares no code with the product recomputes what must have been published,
    and a replay in one go is compared byte for byte.

    Exit codes: 0 nothing is missing, doubled or different, 1 something is,
    2 it could not be checked.
    """
    chosen = secrets.randbelow(1_000_000) if seed is None else seed
    with tempfile.TemporaryDirectory(prefix="levibot-crash-", ignore_cleanup_errors=True) as scratch:
        folder = keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        outcome = _run(folder.resolve(), kills, instances, embedded, transactions, chosen, as_json)
    if as_json:
        typer.echo(orjson.dumps(outcome.as_dict(), option=orjson.OPT_INDENT_2))
    else:
        _show(outcome, embedded)
    raise typer.Exit(outcome.exit_code)


def _run(
    folder: Path, kills: int, instances: int, embedded: bool, transactions: bool, seed: int, quiet: bool
) -> Outcome:
    from flows.accounting import verified  # noqa: PLC0415
    from flows.chaos.arena import arena  # noqa: PLC0415  heavy, and not for other commands
    from flows.chaos.judging import replayed  # noqa: PLC0415
    from flows.chaos.outcome import Outcome  # noqa: PLC0415
    from flows.chaos.run import unleash  # noqa: PLC0415
    from flows.chaos.worker import ChaosError  # noqa: PLC0415

    # that brokers go away is the point
    logging.getLogger("connectors.kafka.clients").setLevel(logging.CRITICAL)
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with (
            Progress(*columns, console=console, transient=True, disable=quiet) as progress,
            arena(folder, embedded=embedded, instances=instances, transactions=transactions) as services,
        ):
            task = progress.add_task("starting", total=kills)
            chaos = unleash(
                services,
                kills,
                seed,
                lambda done, what: progress.update(task, completed=done, description=what),
            )
            progress.update(task, completed=chaos.kills, description="accounting")
            return Outcome(
                chaos,
                verified(services.settings, complete=True),
                replayed(services.settings, folder / "recording"),
            )
    except (ChaosError, EmbeddedError) as error:
        typer.echo(f"verify crash (seed {seed}): {error}", err=True)
        raise typer.Exit(2) from error


def _show(outcome: Outcome, embedded: bool) -> None:
    console = Console()
    for table in outcome.tables():
        console.print(table)
        console.print()
    for found in outcome.report.examples:
        console.print(f"{found.kind}: {found.text}", markup=False)
    for shard in outcome.report.shards:
        for why in shard.unjudged:
            console.print(f"not judged, {shard.shard}: {why}", markup=False)
    if embedded:
        console.print(EMBEDDED_NOTE)
    console.print(
        f"seed {outcome.chaos.seed}: {'everything holds' if outcome.exit_code == 0 else 'NOT in order'}"
    )
