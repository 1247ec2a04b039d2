"""``levibot drift``: how far the features of each model are from those it was trained on, now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from operator import itemgetter
from typing import Annotated, Any

import orjson
import typer

from connectors.settings import settings
from flows.expected import expected
from flows.monitoring import options as o
from flows.monitoring.origin import OriginError, origin
from flows.monitoring.patience import reading
from models.monitor.lines.drift_lines import DriftLine, crossings_of, drift_line, rank, worst
from models.monitor.lines.selecting import PRESENT_S, present, wanted

Plain = dict[str, Any]
NONE_YET = (
    "no levels on record of what was asked for: they come every 15 minutes of log time, of models whose "
    "bundle holds a drift reference"
)


class Window(StrEnum):
    """How much of the stream is compared with the reference."""

    QUARTER = "15m"
    HOUR = "1h"

    @property
    def seconds(self) -> str:
        """Return its name in a record."""
        return {"15m": "900", "1h": "3600"}[self]


class Reached(StrEnum):
    """The levels that a script can wait for."""

    WATCH = "watch"
    ALERT = "alert"
    KILL = "kill"


def drift(
    model: o.Model = None,
    symbol: o.Symbol = None,
    window: Annotated[Window, typer.Option(help="The stretch that is compared.")] = Window.HOUR,
    top: Annotated[int, typer.Option(help="Features shown of each, by PSI.", min=1)] = 5,
    events: Annotated[bool, typer.Option("--events", help="Crossings of levels as well.")] = False,
    days: Annotated[float, typer.Option(help="With --events: how far back.", min=0.1)] = 1.0,
    fail_on: Annotated[
        Reached | None, typer.Option(help="Exit with 1 where a shown level is this or worse.")
    ] = None,
    run: o.Run = None,
    redis: o.Redis = False,
    as_json: o.AsJson = False,
) -> None:
    """Show how far each model's features have drifted from those it was trained on.

    Levels follow the PSI: watch, alert and kill, as the rules file says, but
    only where it is also above its limit, which a market without drift passes
    no more often than is declared; "false alarm every" is how often it would
    pass the value itself. A KS above its limit is a watch. A window with too
    few rows is insufficient_data, has no level and raises no alarm. The last
    PSI compares 15 minutes with the 15 before them. Built-in models were not
    trained, so they have no levels; --events tells where their errors changed.

    The present: levibot drift

    One model, ten features, a quarter of an hour: levibot drift --model lgbm-all --top 10 --window 15m

    What happened this week: levibot drift --events --days 7

    From cron: */15 * * * * levibot drift --fail-on alert || mail ...

    A recorded run: levibot drift --run DIR

    Exit codes: 0 shown, 1 --fail-on was reached, 2 it could not be read.
    """
    crossings: list[Plain] = []
    with expected("drift"):
        reads = origin(settings(), run, redis)
        with reading("drift", visible=not as_json) as told:
            found = reads.since(o.DRIFT, days * 86_400 if events else PRESENT_S, told)
            levels = present(_levels(filter(wanted(model, symbol), found), crossings))
        if not levels and (fail_on or not (events and crossings)):
            raise OriginError(NONE_YET)
    lines = [drift_line(body, window.seconds, top) for body in levels]
    _tell(lines, sorted(crossings, key=itemgetter("ts")) if events else None, window, as_json)
    if fail_on is not None and rank(worst(line.level for line in lines)) >= rank(fail_on):
        raise typer.Exit(1)


def _levels(records: Iterable[Plain], crossings: list[Plain]) -> Iterator[Plain]:
    """Yield how things stood, and put crossings aside: of days there are too many levels to keep."""
    for body in records:
        crossings += crossings_of(body)
        if body["levels"] is not None:
            yield body


def _tell(lines: list[DriftLine], crossings: list[Plain] | None, window: Window, as_json: bool) -> None:
    if as_json:
        more = {} if crossings is None else {"events": crossings}
        found = {"window": window, "level": worst(line.level for line in lines)}
        typer.echo(orjson.dumps({**found, "drift": [line.as_dict() for line in lines], **more}))
        return
    from flows.monitoring.drift_tables import events_table, levels_table  # noqa: PLC0415
    from flows.monitoring.writing import show  # noqa: PLC0415

    if lines:
        show(levels_table(lines, window))
    if crossings is not None:
        show(events_table(crossings)) if crossings else typer.echo("no crossings")
