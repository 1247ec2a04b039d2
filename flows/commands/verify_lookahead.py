"""``levibot verify lookahead``: law 6, that no feature and no label knows the future, on one's own ticks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from connectors.settings import settings
from connectors.start_values import spec
from flows.expected import expected
from flows.tick_options import asks_for_ticks
from flows.ticks import Ticks

if TYPE_CHECKING:
    from models.leakage.findings import Finding
    from models.leakage.lookahead import Seen


@asks_for_ticks
def verify_lookahead(
    asked: Ticks,
    seed: Annotated[int, typer.Option(min=0, help="Of the places that are drawn.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Take the future away, or change it, and see whether anything before it changes.

    At a random place in every batch of the history the stage that makes the
    features runs again from where it stood: once with nothing behind the
    place, once with other prices, quantities and sides in every tick behind
    it. All features, prices and outcomes of windows that had ended must be
    the same to the bit. Each training label is recomputed from the closes:
    it must begin where the features of its row end.

    Examples: levibot verify lookahead --simulated;
    levibot verify lookahead --ticks btcusdt.gz

    Exit codes: 0 nothing knows the future, 1 something does (the first are
    shown), 2 it could not be checked.
    """
    from flows.leakage import go_through, market_of  # noqa: PLC0415
    from models.leakage.lookahead import LookAhead  # noqa: PLC0415

    config = settings()
    with expected("verify lookahead"):
        found = asked.unfiltered(config)
        stage = spec(config)
        check = LookAhead(market_of(stage), stage.horizon_s, seed)
        go_through(check, found, "verify lookahead", visible=not as_json)
    seen = check.seen
    if as_json:
        holds = bool(seen.rows) and not seen.different
        told = asdict(seen) | {"findings": [finding._asdict() for finding in seen.findings]}
        typer.echo(orjson.dumps({"holds": holds, "seed": seed, **told}))
    else:
        _show(seen)
    raise typer.Exit(1 if seen.different else 0 if seen.rows else 2)


def _show(seen: Seen) -> None:
    typer.echo(
        f"{seen.points:,} places, {seen.rows:,} rows compared to the bit, {seen.labels:,} labels recomputed"
    )
    if not seen.rows:
        typer.echo("no second closed before any of the places: give a longer history", err=True)
    elif seen.different:
        Console().print(_table(seen.findings))
        typer.echo(f"{seen.different:,} values depend on what comes later")
    else:
        typer.echo("no feature, price, outcome or label depends on a later tick")


def _table(findings: list[Finding]) -> Table:
    table = Table("check", "symbol", "window end (ns)", "column", "as is", "otherwise", box=None)
    for one in findings:
        table.add_row(one.check, one.symbol, str(one.ts), one.column, f"{one.expected}", f"{one.found}")
    return table
