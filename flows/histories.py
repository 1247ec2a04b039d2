"""The options with which commands are told which ticks of the past to read, and the histories they mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from connectors.feature_files import FeatureFileError
from connectors.feed.errors import FeedError
from connectors.kafka.errors import BrokerError, TopicsError
from connectors.start_values import ConfigError
from connectors.tick_history import HistoryError, TickHistory, files, simulated, topic
from models.simulator import MarketSpec, instruments

START = 1_700_000_000 * 1_000_000_000
"""When a simulated market begins, ns: the same seed always gives the same bytes."""

TickFiles = Annotated[
    list[Path] | None,
    typer.Option("--ticks", help="A capture, or several by repeating this; merged by time.", metavar="FILE"),
]
SymbolName = Annotated[str | None, typer.Option("--symbol", help="For tables that do not name one.")]
Topic = Annotated[str | None, typer.Option("--topic", help="Or a tick topic, each partition a shard.")]
Days = Annotated[
    float | None, typer.Option("--days", min=0.0, help="Of the topic, back from its newest record; else all.")
]
Simulated = Annotated[bool, typer.Option("--simulated", help="Or the ticks of a simulated market.")]
Symbols = Annotated[
    str, typer.Option("--symbols", help="Simulated: how many, or their names, comma separated.")
]
Hours = Annotated[float, typer.Option("--hours", min=0.01, help="Simulated: how long.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Of all that is drawn at random.")]


def histories(
    *,
    ticks: Sequence[Path] | None,
    symbol: str | None,
    topic_name: str | None,
    days: float | None,
    bootstrap: str,
    simulate: bool,
    symbols: str,
    hours: float,
    seed: int,
) -> list[TickHistory]:
    """Return the histories that were asked for; raise ``typer.BadParameter`` unless of one kind."""
    if sum(map(bool, (ticks, topic_name, simulate))) != 1:
        raise typer.BadParameter("name one source of ticks: --ticks FILE, --topic NAME or --simulated")
    if ticks:
        return [files(ticks, symbol)]
    if topic_name:
        return topic(bootstrap, topic_name, days)
    named = int(symbols) if symbols.isdigit() else [name.strip() for name in symbols.split(",")]
    try:
        market = MarketSpec(instruments=instruments(named))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--symbols") from error
    return [simulated(market, seed, hours * 3_600, START)]


@contextmanager
def expected(command: str) -> Iterator[None]:
    """Turn what can be wrong with a history or its surroundings into one line on stderr and exit code 2."""
    try:
        yield
    except (BrokerError, ConfigError, FeatureFileError, FeedError, HistoryError, TopicsError) as error:
        typer.echo(f"{command}: {error}", err=True)
        raise typer.Exit(2) from error
