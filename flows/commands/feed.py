"""``levibot feed``: put ticks into Kafka, simulated, recorded or live.

Exit codes: 0 every record was delivered (also when Ctrl-C ended the run), 1 one was not, 2 it could not run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from connectors.feed.errors import FeedError
from connectors.feed.files import Capture
from connectors.feed.pump import Summary
from connectors.feed.replay import Replay, replay
from connectors.feed.simulate import Simulation, feed_simulation
from connectors.feed.times import nanoseconds
from connectors.kafka.delivery import DeliveryError
from connectors.kafka.errors import BrokerError, TopicsError
from connectors.settings import settings
from flows.commands.feed_live import live_command
from models.simulator import Faults, MarketSpec, instruments

app = typer.Typer(
    help="Put ticks into Kafka: a simulated market, recorded captures, or a live exchange.",
    no_args_is_help=True,
)

Topic = Annotated[str, typer.Option(help="Topic to write to; it must exist.")]
Bootstrap = Annotated[str | None, typer.Option(help="Broker; default: KAFKA_BOOTSTRAP.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the summary as JSON, and no progress.")]
Share = Annotated[float, typer.Option(min=0.0, max=0.5, help="Such records per tick.")]


app.command("live")(live_command)


@app.command("simulate")
def simulate_command(
    symbols: Annotated[str, typer.Option(help="How many, or their names, comma separated.")] = "5",
    rate: Annotated[float, typer.Option(help="Mean ticks per second and symbol.")] = 5.0,
    edge: Annotated[float, typer.Option(min=0, max=1, help="How far order flow tells the next 60 s.")] = 0.0,
    seed: Annotated[int, typer.Option(min=0, help="Same seed and start: same bytes.")] = 0,
    speed: Annotated[str, typer.Option(help="1 = live; faster, or max = the past.")] = "1",
    seconds: Annotated[float | None, typer.Option(min=0, help="Length of the market; else endless.")] = None,
    ticks: Annotated[int | None, typer.Option(min=1, help="End after exactly so many records.")] = None,
    start: Annotated[str | None, typer.Option(help="Begin of the market, ISO 8601 or unix time.")] = None,
    late: Share = 0.0,
    duplicate: Share = 0.0,
    corrupt: Share = 0.0,
    future: Share = 0.0,
    strings: Annotated[bool, typer.Option("--strings", help="Write numbers as strings.")] = False,
    topic: Topic = "ticks",
    bootstrap: Bootstrap = None,
    as_json: AsJson = False,
) -> None:
    """Simulate a market with bursts, silences and, if asked for, faults and a planted edge."""
    with _exit_codes():
        plan = Simulation(
            market=MarketSpec(
                instruments=instruments(_symbols(symbols)),
                ticks_per_second=rate,
                edge=edge,
                faults=Faults(late=late, duplicate=duplicate, corrupt=corrupt, future=future),
                strings=strings,
            ),
            topic=topic,
            bootstrap=bootstrap or settings().kafka_bootstrap,
            seed=seed,
            speed=_speed(speed),
            seconds=seconds,
            records=ticks,
            start_ts=_start(start),
        )
        _tell(feed_simulation(plan, visible=not as_json), (), as_json)


@app.command("file")
def file_command(
    paths: Annotated[list[Path], typer.Argument(help="Captures; their format is recognised by content.")],
    speed: Annotated[str, typer.Option(help="Times the recorded pace, or max.")] = "max",
    rebase: Annotated[bool, typer.Option("--rebase", help="Move all times to the present.")] = False,
    symbol: Annotated[str | None, typer.Option(help="For tables that do not name one.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="End after so many records.")] = None,
    topic: Topic = "ticks",
    bootstrap: Bootstrap = None,
    as_json: AsJson = False,
) -> None:
    """Replay recorded captures: exchange websocket logs, JSON, CSV or Parquet, plain, gzipped or zipped."""
    with _exit_codes():
        plan = Replay(
            paths=tuple(paths),
            topic=topic,
            bootstrap=bootstrap or settings().kafka_bootstrap,
            speed=_speed(speed),
            rebase=rebase,
            symbol=symbol,
            limit=limit,
        )
        summary, captures = replay(plan, visible=not as_json)
        _tell(summary, captures, as_json)


@contextmanager
def _exit_codes() -> Iterator[None]:
    try:
        yield
    except DeliveryError as error:
        typer.echo(f"feed: {error}", err=True)
        raise typer.Exit(1) from error
    except (FeedError, BrokerError, TopicsError, ValueError) as error:
        typer.echo(f"feed: {error}", err=True)
        raise typer.Exit(2) from error


def _speed(text: str) -> float:
    try:
        speed = math.inf if text == "max" else float(text)
    except ValueError:
        speed = 0.0
    if not speed > 0:
        raise FeedError(f"--speed is a number above 0, or max, not {text!r}")
    return speed


def _start(text: str | None) -> int | None:
    ts = nanoseconds(text)
    if text and ts is None:
        raise FeedError(f"--start is ISO 8601 (UTC) or a unix time, not {text!r}")
    return ts


def _symbols(text: str) -> int | list[str]:
    return int(text) if text.isdigit() else [name.strip() for name in text.split(",")]


def _tell(summary: Summary, captures: tuple[Capture, ...] | list[Capture], as_json: bool) -> None:
    files = [
        {"path": str(c.path), "format": c.format, "symbol": c.symbol, "ignored": c.ignored} for c in captures
    ]
    if as_json:
        told: dict[str, Any] = {name: getattr(summary, name) for name in summary.__slots__}
        typer.echo(orjson.dumps(told | ({"files": files} if files else {})).decode())
        return
    rate = summary.records / summary.seconds if summary.seconds else 0.0
    typer.echo(
        f"{summary.records:,} records of {len(summary.symbols)} symbols in {summary.topic}, "
        f"{_moment(summary.first_ts)} to {_moment(summary.last_ts)}, {rate:,.0f}/s"
        + (" (stopped)" if summary.stopped else "")
    )
    for file in files:
        typer.echo(f"{file['path']}: {file['format']}, {file['symbol']}, {file['ignored']} session lines")
    if summary.too_large:
        typer.echo(f"{summary.too_large} records over 1 MB were left out", err=True)


def _moment(ts: int | None) -> str:
    return "-" if ts is None else datetime.fromtimestamp(ts / 1e9, UTC).isoformat(timespec="milliseconds")
