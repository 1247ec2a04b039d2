"""``levibot soak``: a day of paper trading on simulated ticks, with a GO or NO-GO at its end."""

from __future__ import annotations

import logging
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from connectors.bundles import atomic
from connectors.embedded.errors import EmbeddedError
from connectors.settings import settings
from flows.expected import expected

if TYPE_CHECKING:
    from flows.soak.page import Outcome
    from flows.soak.plan import Plan
    from models.profiles.profile import Profile

STEM = "24H_SOAK_REPORT"


def soak(
    hours: Annotated[float, typer.Option(min=0.01, max=168, help="How long, in the market's time.")] = 24.0,
    speed: Annotated[float, typer.Option(min=1, max=100, help="Times real time.")] = 20.0,
    profile: Annotated[
        str, typer.Option(metavar="NAME", help="Whose gate decides: levibot profiles.")
    ] = "enterprise",
    gate: Annotated[str, typer.Option(metavar="NAME", help="Which of its gates; else its first.")] = "",
    model: Annotated[str, typer.Option(help="The model that decides, built in or NAME@SHA.")] = "ml-fusion",
    rate: Annotated[float, typer.Option(min=0.1, help="Mean ticks per symbol and second.")] = 5.0,
    seed: Annotated[int, typer.Option(min=0, help="Of the simulated market.")] = 1,
    embedded: Annotated[
        bool, typer.Option("--embedded", help="On the embedded broker instead of a real Apache Kafka.")
    ] = False,
    out: Annotated[Path, typer.Option(help="The folder of the reports.")] = Path("reports"),
    keep: Annotated[
        Path | None,
        typer.Option(help="A new folder for logs and state, which is kept; else a temporary one."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Run the three flows for a day of the market, and say GO or NO-GO.

    Starts a broker, a Redis, the flows and a feed of simulated ticks of its
    own; the product that runs is not touched. Event time drives: 24 h at 20
    times real time take 72 minutes. Checkpoints are at T+1h, 6h, 12h and 24h
    (of a shorter soak the same shares of its time): ticks dropped, errors in
    buckets of five minutes, inference p95 and p99, CPU, memory, trades, PnL,
    crashes. A flow that ends is started again and told of. Near the end a
    kill is tried, whose time belongs to the gate. Ctrl-C ends it cleanly: the
    report then holds what there is, and is never a GO.

    A day: levibot soak --hours 24 --speed 20

    A quick look: levibot soak --hours 0.5 --speed 20 --embedded

    Writes 24H_SOAK_REPORT.md, and the same as .json.

    Exit codes: 0 GO, 1 NO-GO, 2 it cannot be said or could not be run.
    """
    from flows.checks.gate import EXIT  # noqa: PLC0415  what is not asked for is not loaded
    from flows.soak.page import markdown  # noqa: PLC0415

    with expected("soak"):
        plan, chosen = _plan(hours, speed, profile, gate, model, rate, seed)
        with tempfile.TemporaryDirectory(prefix="levibot-soak-", ignore_cleanup_errors=True) as scratch:
            folder = keep or Path(scratch)
            folder.mkdir(parents=True, exist_ok=True)
            outcome = _run(folder.resolve(), plan, chosen, embedded, as_json)
        paths = [out / f"{STEM}.md", out / f"{STEM}.json"]
        plain = outcome.as_dict()
        for path, content in zip(
            paths, (markdown(outcome).encode(), orjson.dumps(plain) + b"\n"), strict=True
        ):
            atomic.write(path, content)
    if as_json:
        typer.echo(orjson.dumps(plain | {"files": [str(path) for path in paths]}))
    else:
        typer.echo(f"{outcome.verdict.answer}: {outcome.verdict.why}")
        typer.echo(f"kept: {', '.join(map(str, paths))}")
    raise typer.Exit(EXIT[outcome.verdict.answer])


def _plan(
    hours: float, speed: float, profile: str, gate: str, model: str, rate: float, seed: int
) -> tuple[Plan, Profile]:
    from connectors.profile_file import FOLDER, profile_named  # noqa: PLC0415
    from flows.checks.gate import gate_of  # noqa: PLC0415
    from flows.soak.plan import SYMBOLS, Plan  # noqa: PLC0415

    chosen = profile_named(settings().rules_file.parent / FOLDER, profile)
    name = gate or next(iter(chosen.verdict))
    gate_of(chosen, name)
    symbols = chosen.plan.phases[0].canary
    plan = Plan(
        hours=hours, speed=speed, profile=profile, gate=name, model=model, rate=rate, seed=seed,
        symbols=symbols if len(symbols) > 1 else SYMBOLS,
    )  # fmt: skip
    return plan, chosen


def _run(folder: Path, plan: Plan, chosen: Profile, embedded: bool, quiet: bool) -> Outcome:
    from flows.error_drill.run import machine  # noqa: PLC0415
    from flows.soak.page import Outcome  # noqa: PLC0415
    from flows.soak.run import soaked  # noqa: PLC0415
    from flows.soak.verdict import verdict  # noqa: PLC0415

    logging.getLogger("connectors.kafka.clients").setLevel(logging.CRITICAL)
    columns = (
        TextColumn("{task.description:12}"), BarColumn(),
        TextColumn("{task.completed:.2f} of {task.total:g} h"),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True, disable=quiet) as progress:
            task = progress.add_task("starting", total=plan.hours)
            ran = soaked(
                folder, plan, settings(),
                lambda done, what: progress.update(task, completed=done, description=what),
                embedded=embedded,
            )  # fmt: skip
    except EmbeddedError as error:
        typer.echo(f"soak: {error}", err=True)
        raise typer.Exit(2) from error
    found = verdict(plan, chosen, ran.course, ran.points, ran.alerts, ran.kill_s, ran.broken_off)
    where = "An embedded broker" if embedded else "An Apache Kafka of one node"
    return Outcome(
        plan=plan, where=where, machine=machine(),
        version=version("levibot"), day=f"{datetime.now(UTC):%Y-%m-%d}", took_s=ran.took_s,
        points=tuple(ran.points), verdict=found, rollout=tuple(ran.rollout), kill_s=ran.kill_s,
    )  # fmt: skip
