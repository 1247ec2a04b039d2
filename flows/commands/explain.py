"""``levibot explain``: why a signal is what it is."""

from __future__ import annotations

import time
from typing import Annotated

import orjson
import typer
from rich.console import Console

from connectors.settings import settings
from flows.expected import expected
from flows.explaining.asked import LATEST, moment
from flows.monitoring import options as o
from flows.monitoring.patience import reading

CONTEXT = {"ignore_unknown_options": True}
"""So that -5m is a time and no option."""


def _symbol(text: str) -> str:
    if text.startswith("-"):
        raise typer.BadParameter(f"'{text}' is no symbol; see --help")
    return text


def explain(
    symbol: Annotated[str, typer.Argument(help="Such as BTCUSDT, or venue:BTCUSDT.", callback=_symbol)],
    ts: Annotated[
        str,
        typer.Argument(metavar="[TS]", help="ISO 8601 (UTC), a unix time in s, ms or ns, -5m, or latest."),
    ] = LATEST,
    as_json: o.AsJson = False,
) -> None:
    """Say why a signal is BUY, SELL or HOLD: the row, the scores, the desk in force, and the gate's steps.

    Reads the signal of that second from its topic, with the predictions and
    the feature row it was made of; rebuilds from the journal the desk its
    shard had at that very place; and has the gate decide the row again, one
    step after the other in order of precedence. The first step that applies
    is the reason. Nothing is changed, and the flow need not run.

    Why HOLD now: levibot explain BTCUSDT

    Five minutes ago: levibot explain BTCUSDT -5m

    Exit codes: 0 explained, 1 the published signal is not what the gate makes
    of its row (it is told where), 2 there is no such signal, or what is
    behind it is gone.
    """
    from flows.explaining.run import explained  # noqa: PLC0415  numpy and scipy, which --help need not wait for
    from flows.explaining.tables import as_plain, show  # noqa: PLC0415

    at = moment(ts, time.time_ns())
    with expected("explain"), reading("explain", visible=not as_json) as told:
        found = explained(settings(), symbol, at, told)
    typer.echo(orjson.dumps(as_plain(found))) if as_json else show(found, Console())
    raise typer.Exit(1 if found.differences else 0)
