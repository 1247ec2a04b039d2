"""``levibot calibration``: how far the scores of each model are from what became of them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from connectors.bundles import atomic
from connectors.settings import settings
from flows.expected import expected
from flows.monitoring import options as o
from flows.monitoring.calibration_past import DAY_S, Past
from flows.monitoring.origin import OriginError, origin
from flows.monitoring.patience import reading
from models.monitor.lines.calibration_lines import CalibrationLine, calibration_lines
from models.monitor.lines.deciles import deciles_csv
from models.monitor.lines.selecting import PRESENT_S, present, wanted

Plain = dict[str, Any]

NONE_YET = "no calibration on record of what was asked for: it comes every 5 minutes of log time"
LEAST_CONFID = 0.5
"""Confidence is the greater of p and 1 - p."""


class Window(StrEnum):
    """How much of the stream the figures are made of."""

    HOUR = "1h"
    DAY = "24h"


def calibration(
    model: o.Model = None,
    symbol: o.Symbol = None,
    window: Annotated[Window, typer.Option(help="The stretch of the figures.")] = Window.DAY,
    deciles: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Write the deciles of each model and symbol.")
    ] = None,
    diagram: Annotated[
        Path | None,
        typer.Option(metavar="FILE.png", help="Draw the reliability diagram of --days.", callback=o.png),
    ] = None,
    days: Annotated[float, typer.Option(help="Of --diagram and --markers.", min=0.1)] = 7.0,
    markers: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Add the periods of low confidence of --days.")
    ] = None,
    low_confid: Annotated[float, typer.Option(help="Of --markers: lower than it.", min=0, max=1)] = 0.4,
    lasting: Annotated[str, typer.Option("--for", help="Of --markers: for so long at least.")] = "3h",
    fail_above: Annotated[
        float | None, typer.Option(help="Exit with 1 where an ECE is above it, and its limit.", min=0, max=1)
    ] = None,
    run: o.Run = None,
    redis: o.Redis = False,
    as_json: o.AsJson = False,
) -> None:
    """Show how far the scores of each model are from what became of them.

    Each ECE comes with the number of outcomes, what they are worth as
    independent ones (n_eff: they overlap), the ECE a calibrated model would
    show by chance (floor) and the one it would hardly pass (limit). "-" is
    where nothing can be told yet. The line over all symbols has the exact
    ECE of their sums; its floor, limit, interval and n_eff are bounds, since
    symbols move together.

    --diagram writes the sums beside the picture, as FILE.json. --markers adds
    TIME,low_confidence_period,median_confid=0.53 for each period in which the
    median confidence of the hour was below --low-confid, once however often
    it runs. Confidence is the greater of p and 1 - p, never below 0.5: choose
    --low-confid above that.

    The present: levibot calibration --window 1h

    For a script: levibot calibration --model lgbm-all --fail-above 0.06

    Every week: levibot calibration --diagram reliability.png --deciles deciles.csv

    Every hour: levibot calibration --model lgbm-all --low-confid 0.55 --markers data/calibration_markers.csv

    Exit codes: 0 shown, 1 an ECE is above --fail-above, 2 it could not be read.
    """
    least_s, past = o.span_s(lasting), Past(days)
    back_s = days * DAY_S if diagram or markers else PRESENT_S
    if markers and low_confid <= LEAST_CONFID:
        typer.echo(
            f"calibration: no confidence is below 0.5: --low-confid {low_confid} marks nothing", err=True
        )
    with expected("calibration"):
        _check_extra(diagram)
        reads = origin(settings(), run, redis)
        with reading("calibration", visible=not as_json) as told:
            records = past.seen(reads.since(o.CALIBRATION, back_s, told), wanted(model, symbol))
            lines = calibration_lines(present(records), window)
        if not lines:
            raise OriginError(NONE_YET)
        files: Plain = {}
        if deciles:
            atomic.write(deciles, deciles_csv(lines))
            files["deciles"] = str(deciles)
        if diagram:
            past.draw(diagram)
            files["diagram"] = str(diagram)
        if markers:
            files["markers"] = {"path": str(markers), "new": past.mark(markers, low_confid, least_s)}
    _tell(lines, window, fail_above, files, as_json)
    if fail_above is not None and any(line.above(fail_above) for line in lines):
        raise typer.Exit(1)


def _check_extra(diagram: Path | None) -> None:
    """Miss what a picture needs now, not when everything is read."""
    if diagram:
        from flows.monitoring.diagram import diagram_png as _  # noqa: F401, PLC0415


def _tell(
    lines: list[CalibrationLine], window: Window, threshold: float | None, files: Plain, as_json: bool
) -> None:
    if as_json:
        found = [line.as_dict() for line in lines]
        typer.echo(orjson.dumps({"window": window, "calibration": found, **files}))
        return
    from flows.monitoring.calibration_table import calibration_table  # noqa: PLC0415
    from flows.monitoring.writing import show  # noqa: PLC0415

    show(calibration_table(lines, window, threshold))
    for name in ("deciles", "diagram"):
        if name in files:
            typer.echo(f"{name}: {files[name]}")
    if "markers" in files:
        typer.echo(f"markers: {files['markers']['path']}, {len(files['markers']['new'])} added")
