"""``levibot feed live``: an exchange's public trades into Kafka, as they come.

Exit codes: 0 it was stopped, or came to the end it was given, and every record was delivered; 1 a record was
not delivered; 2 it could not run.
"""

from __future__ import annotations

from typing import Annotated

import orjson
import typer

from connectors.feed.errors import FeedError
from connectors.feed.live.plan import Live
from connectors.feed.live.run import feed_live
from connectors.feed.live.summary import LiveSummary
from connectors.feed.live.venues import NAMES, venue
from connectors.kafka.delivery import DeliveryError
from connectors.kafka.errors import BrokerError, TopicsError
from connectors.settings import settings

_NAMED_GAPS = 10


def live_command(
    exchange: Annotated[str, typer.Argument(help=f"Where from: {', '.join(NAMES)}.")],
    symbols: Annotated[list[str], typer.Argument(help="As the exchange names them: BTCUSDT, or BTC-USD.")],
    stream: Annotated[str, typer.Option(help="Of Binance: trade, or aggTrade (per taker order).")] = "trade",
    topic: Annotated[str, typer.Option(help="Topic to write to; it must exist.")] = "ticks",
    bootstrap: Annotated[str | None, typer.Option(help="Broker; default: KAFKA_BOOTSTRAP.")] = None,
    per_connection: Annotated[int | None, typer.Option(help="Symbols a connection carries.")] = None,
    stall: Annotated[float, typer.Option(min=0.1, help="Seconds without a message, then a ping.")] = 30.0,
    silence: Annotated[float, typer.Option(min=1, help="Seconds of silence, then a new connection.")] = 300.0,
    seconds: Annotated[float | None, typer.Option(min=0, help="End after so long; else endless.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="End after exactly so many records.")] = None,
    url: Annotated[str, typer.Option(help="Another address: wss://, or ws:// on this machine.")] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the summary as JSON, and no progress.")
    ] = False,
) -> None:
    """Bridge an exchange's public trades into Kafka: byte for byte, reconnecting, naming what is missing.

    The key of a record is its symbol, its timestamp the time of receipt, which the header recv_ts has in ns.
    Ctrl-C ends it well. No account at the exchange is needed, and none is used.
    """
    try:
        plan = Live(
            venue=venue(exchange, stream),
            symbols=tuple(symbols),
            topic=topic,
            bootstrap=bootstrap or settings().kafka_bootstrap,
            url=url,
            per_connection=per_connection,
            stall_s=stall,
            silence_s=silence,
            seconds=seconds,
            limit=limit,
        )
        summary = feed_live(plan, visible=not as_json)
    except DeliveryError as error:
        typer.echo(f"feed: {error}", err=True)
        raise typer.Exit(1) from error
    except (FeedError, BrokerError, TopicsError) as error:
        typer.echo(f"feed: {error}", err=True)
        raise typer.Exit(2) from error
    typer.echo(orjson.dumps(summary.as_dict()).decode() if as_json else "\n".join(lines_of(summary)))


def lines_of(summary: LiveSummary) -> list[str]:
    """Return what a bridge did, for people."""
    rate = summary.records / summary.seconds if summary.seconds else 0.0
    lag = summary.lags.as_dict()
    lines = [
        f"{summary.records:,} records of {len(summary.symbols)} symbols in {summary.topic}, {rate:,.0f}/s"
        + (" (stopped)" if summary.stopped else "")
    ]
    if lag["p50"] is not None:
        lines.append(f"lag behind the exchange: p50 {lag['p50']:,.0f} ms, p99 {lag['p99']:,.0f} ms")
    lines.append(
        f"{summary.connections} connections, {summary.relieved} relieved, {summary.losses.total()} troubles"
        + "".join(f"; {kind}: {count}" for kind, count in summary.losses.most_common())
    )
    lines.append(
        f"{summary.missing:,} trades missing in {summary.gap_count:,} gaps, {summary.repeated:,} came again"
    )
    lines += _gaps(summary)
    if summary.silent:
        lines.append(f"nothing came for: {', '.join(summary.silent)}")
    if summary.too_large:
        lines.append(f"{summary.too_large} messages over 1 MB were left out")
    return lines


def _gaps(summary: LiveSummary) -> list[str]:
    newest = list(summary.gaps)[-_NAMED_GAPS:]
    return [
        f"  {gap.symbol}: {gap.from_id} to {gap.to_id}" + (" (reconnecting)" if gap.reconnect else "")
        for gap in newest
    ]
