"""``levibot verify alarms``: how often drift alarms are false, and whether drift is found."""

from __future__ import annotations

from dataclasses import replace
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
    from flows.alarms.result import Checked
    from models.monitor.drift.findings import Event


@asks_for_ticks
def verify_alarms(
    asked: Ticks,
    simulate: Annotated[
        float | None,
        typer.Option("--simulate", metavar="DAYS", min=0.2, help="Short for --simulated --hours 24 x DAYS."),
    ] = None,
    share: Annotated[
        float, typer.Option(min=0.1, max=0.9, help="Of the time that makes the drift reference.")
    ] = 0.6,
    per_day: Annotated[
        float, typer.Option("--per-day", min=0.001, help="False alarms a day that are declared.")
    ] = 1.0,
    shifts: Annotated[
        int, typer.Option(min=0, help="Features to shift; 0 looks at false alarms alone.")
    ] = 60,
    seed: Annotated[int, typer.Option(min=0, help="Of the reference and of the shifts.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Count the false alarms of the drift monitor, then put drift in and see whether it is found.

    The first part of the history makes a drift reference, as training does;
    the rest goes through the monitor of the flow. All alarms are taken as
    false, over all symbols and features together, so give it a history
    without drift: whatever changes for good is counted as well.

    Then single features are scaled to a PSI of 0.25 at random times, all
    price moves together, and probabilities raised by 0.2. A batch test that
    counts the rows anew, with the same windows and limits, tells
    which shifts can be found at all; of these the monitor must find 95 %
    within twice the time.

    Examples: levibot verify alarms --simulate 3;
    levibot verify alarms --ticks btcusdt.parquet --symbol BTCUSDT --shifts 0

    Exit codes: 0 it holds, 1 more alarms than declared (at 97.5 %) or under
    95 % found, 2 it could not be checked: the history is too short, or the
    batch test itself finds less than 20 of the shifts.
    """
    from flows.alarms.check import checked  # noqa: PLC0415
    from flows.alarms.history import history_of  # noqa: PLC0415
    from flows.training.gathering import wanted_rows  # noqa: PLC0415
    from flows.training.progress import stage  # noqa: PLC0415
    from models.monitor.drift.declared import Declared  # noqa: PLC0415

    config = settings()
    if simulate is not None:
        asked = replace(asked, simulated=True, hours=24.0 * simulate)
    with expected("verify alarms"):
        rules = spec(config)
        with stage("verify alarms", visible=not as_json) as told:
            rows = wanted_rows(asked, asked.histories(config), rules, told)
            history = history_of(rows, share, rules.horizon_s, seed)
            declared = Declared(per_day, len(history.symbols))
            found, alarms = checked(history, declared, shifts, seed, told)
    if as_json:
        typer.echo(orjson.dumps(_plain(found, alarms, seed)))
    else:
        _show(found, alarms)
    raise typer.Exit(found.exit_code)


def _plain(found: Checked, alarms: list[Event], seed: int) -> dict[str, object]:
    return {
        "holds": found.exit_code == 0,
        "seed": seed,
        "rate": found.rate._asdict() | {"holds": found.rate.holds},
        "alarms": [alarm._asdict() for alarm in alarms],
        "found_share": found.share,
        "shifts": [power.as_dict() for power in found.powers],
        "unjudged": found.unjudged,
        "unable": found.unable,
        "independent_hours": found.independent_hours,
    }


def _show(found: Checked, alarms: list[Event]) -> None:
    rate = found.rate
    typer.echo(
        f"{rate.alarms} alarms in {rate.days:.2f} days: {rate.per_day:.2f} a day "
        f"(95 %: {rate.low:.2f} to {rate.high:.2f}), declared {rate.declared:g}"
    )
    console = Console()
    if alarms:
        console.print(_alarms(alarms))
    typer.echo(f"reference: worth {found.independent_hours:.0f} independent hours")
    if found.unjudged:
        typer.echo(f"not judged, the reference is too short for them: {', '.join(found.unjudged)}")
    if found.powers:
        console.print(_table(found))
    typer.echo(_words(found), err=found.exit_code == 2)


def _alarms(alarms: list[Event]) -> Table:
    table = Table(
        "alarm at (s)", "symbol", "detector", "feature", "window", "value", "limit", "level", box=None
    )
    for one in alarms:
        value, limit = (f"{v:.3g}" if v is not None else "-" for v in (one.value, one.limit))
        place = (one.symbol or "all", one.detector, one.feature or "-", one.window or "-")
        table.add_row(str(one.end), *place, value, limit, one.level)
    return table


def _table(found: Checked) -> Table:
    table = Table(
        "shift", "put in", "batch test finds", "in time", "median delay", "of the batch test", box=None
    )
    for power in found.powers:
        counts = (str(power.drawn - power.skipped), str(power.batch), str(power.found))
        table.add_row(power.kind, *counts, _minutes(power.monitor_s), _minutes(power.batch_s))
    return table


def _minutes(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds / 60.0:.0f} min"


def _words(found: Checked) -> str:
    if not found.rate.holds:
        return "more alarms than declared: the rate is broken, or the market did change"
    if not found.powers:
        return "the declared rate holds; shifts were not looked for"
    if found.share is None:
        return "the declared rate holds; too few shifts can be found at all to judge how they are found"
    held = found.exit_code == 0
    return f"{'it holds' if held else 'too little is found'}: {found.share:.0%} of the shifts in time"
