"""``levibot demo``: everything in one terminal, with nothing installed but Python."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from types import FrameType
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live

from connectors.embedded.errors import EmbeddedError
from connectors.kafka.counting import TopicCounts
from connectors.kafka.topics import planned
from connectors.redis.reader import RedisDownError, ViewReader
from connectors.settings import DEMO_ENV, running_demo, settings
from flows.accounting import verified
from flows.demo.services import Demo, demo_services
from flows.demo.summary import Reading, line, picture, rates
from flows.demo.supervisor import stop_all
from verifier.findings import DIFFERENT, DUPLICATED, LOST
from verifier.report import Report

LOOK_EVERY_S = 1.0
LINES_EVERY_S = 3.0


def demo(
    seconds: Annotated[
        float | None, typer.Option(help="End after so long; else Ctrl-C ends it.", min=1)
    ] = None,
    symbols: Annotated[str, typer.Option(help="How many symbols, or their names.")] = "5",
    rate: Annotated[float, typer.Option(help="Mean ticks per second and symbol.", min=0.1)] = 5.0,
    edge: Annotated[float, typer.Option(help="How far order flow tells the next 60 s.", min=0, max=1)] = 1.0,
) -> None:
    """Run broker, Redis, a simulated feed, the signals flow and the API, and show what they do."""
    if running_demo():
        typer.echo(f"demo: another one runs in this folder ({DEMO_ENV}); end it first", err=True)
        raise typer.Exit(2)
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _requests(ending))
    feed = ["simulate", "--symbols", symbols, "--rate", str(rate), "--edge", str(edge), "--json"]
    feed += ["--late", "0.002", "--duplicate", "0.002", "--corrupt", "0.001"]
    try:
        with demo_services(settings(), feed) as running:
            reading = _watch(running, ending, seconds)
            unclean = stop_all(running.processes)
            report = verified(running.settings, complete=False)
    except EmbeddedError as error:
        typer.echo(f"demo: {error}", err=True)
        raise typer.Exit(1) from error
    _close(reading, report, unclean)


def _requests(ending: threading.Event) -> Any:
    def request(_signal: int, _frame: FrameType | None) -> None:
        ending.set()

    return request


def _watch(running: Demo, ending: threading.Event, seconds: float | None) -> Reading:
    """Show a reading each second until the end; restart what ended."""
    console = Console()
    counts = TopicCounts(running.settings.kafka_bootstrap, planned(running.settings))
    view = ViewReader(running.settings.redis_url)
    until = None if seconds is None else time.monotonic() + seconds
    reading = _read(running, counts, view)
    screen = Live(console=console, refresh_per_second=4, transient=True) if console.is_terminal else None
    said_at = 0.0
    _say_start(running)
    with screen or contextlib.nullcontext():
        while not ending.wait(LOOK_EVERY_S) and (until is None or time.monotonic() < until):
            before, reading = reading, _read(running, counts, view)
            left = None if until is None else until - time.monotonic()
            if screen is not None:
                screen.update(picture(running, reading, rates(before, reading), left))
            elif time.monotonic() - said_at > LINES_EVERY_S:
                said_at = time.monotonic()
                typer.echo(line(reading, rates(before, reading)))
            for process in running.processes:
                if process.watch():
                    typer.echo(f"{process.name} ended and was started again as pid {process.pid}")
    counts.close()
    view.close()
    return reading


def _read(running: Demo, counts: TopicCounts, view: ViewReader) -> Reading:
    return Reading(time.monotonic(), counts.read(), _symbols(view))


def _symbols(view: ViewReader) -> list[dict[str, Any]]:
    try:
        shards = view.shards().values()
    except RedisDownError:
        return []
    now = time.time_ns()
    known = [symbol for shard in shards for symbol in shard.get("symbols", {}).values()]
    rows = [s["signal"] | {"age_s": _age(s, now)} for s in known]
    return sorted(rows, key=lambda row: str(row["symbol"]))


def _age(symbol: dict[str, Any], now: int) -> float:
    """Return the seconds since the symbol's last trade: its age at the window end, and since then."""
    features = symbol["features"] or {"age_s": 0.0}
    return float(features["age_s"]) + max(0.0, (now - int(symbol["signal"]["ts"])) / 1e9)


def _say_start(running: Demo) -> None:
    pids = ", ".join(f"{p.name} {p.pid}" for p in running.processes)
    typer.echo(
        f"embedded broker {running.broker.pid} (5 MiB a partition, in memory), "
        f"Redis {running.redis.pid}, {pids}"
    )
    for text in running.moved:
        typer.echo(text)
    typer.echo(f"API http://{running.settings.api_host}:{running.settings.api_port}/status")
    typer.echo("in another terminal: levibot control kill --wait")
    typer.echo(f"control gateway: log in with ADMIN_KEY, which is in {DEMO_ENV}")


def _close(reading: Reading, report: Report, unclean: list[str]) -> None:
    """Say how it ended and what became of every record; exit 1 unless all is in order."""
    typer.echo("stopped; " + ", ".join(f"{name} {n:,}" for name, n in reading.counts.items() if n))
    if unclean:
        typer.echo(f"did not end cleanly: {', '.join(unclean)}", err=True)
    typer.echo(
        f"accounted for: expected {report.total('expected') - report.total('to_come'):,} records, "
        f"lost {report.of(LOST)}, doubled {report.of(DUPLICATED)}, different {report.of(DIFFERENT)}"
    )
    for found in report.examples:
        typer.echo(f"{found.kind}: {found.text}", err=True)
    for why in report.unjudged:
        typer.echo(f"not all could be checked: {why}", err=True)
    if unclean or report.exit_code == 1:
        raise typer.Exit(1)
