"""What the monitors find of each model and symbol: drift, calibration, deciles."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.context import Context, Ctx
from api.http.answers import Json
from api.shown.calibration import decile_rows, line_of
from api.shown.freshness import Plain, age_s
from api.shown.watches import CALIBRATION_EVERY_S, DRIFT_EVERY_S, records
from models.judge.records import CALIBRATION, DRIFT
from models.monitor.lines.calibration_lines import CalibrationLine, calibration_lines
from models.monitor.lines.deciles import deciles_csv
from models.monitor.lines.drift_lines import LEVELS, drift_line, worst
from models.monitor.lines.selecting import wanted

router = APIRouter(tags=["monitors"])

Model = Annotated[str | None, Query(max_length=120, description="A model's name, or its reference.")]
Symbol = Annotated[str | None, Query(max_length=65, description="A symbol, or venue:SYMBOL.")]
Hours = Annotated[Literal["1h", "24h"], Query(description="The window.")]
Length = Annotated[
    Literal["900", "3600"], Query(description="The window in seconds: 3600, which the levels are of, or 900.")
]
Top = Annotated[int, Query(ge=1, le=50, description="How many features of each.")]


@router.get("/drift")
def drift(
    context: Ctx, window: Length = "3600", top: Top = 5, model: Model = None, symbol: Symbol = None
) -> Json:
    """List for each model and symbol the features that have drifted furthest from training, by PSI.

    `psi_limit` is what a feature without drift shows at most (the null band, from the training's own blocks
    of time); `level` (ok, watch, alert, kill) counts only above it, and is null where nothing can be judged:
    `insufficient_data`, or a feature without a band. `rows` is how many seconds stand behind. Records come
    every 15 minutes of the log's time.
    """
    found, now = _records(context, DRIFT, model, symbol), context.clock()
    lines = [drift_line(record, window, top) for record in found]
    return Json(
        {
            "window_s": int(window), "every_s": DRIFT_EVERY_S, "levels": list(LEVELS),
            "level": worst(line.level for line in lines), "count": len(lines),
            "models": [{**line.as_dict(), "age_s": age_s(line.ts, now)} for line in lines], "ts": now,
        }
    )  # fmt: skip


@router.get("/calibration")
def calibration(context: Ctx, window: Hours = "24h", model: Model = None, symbol: Symbol = None) -> Json:
    """Tell for each model and symbol, and over all symbols (`symbol` null), whether its scores are honest.

    `ece` with its 95 % interval, the `floor` that a calibrated model of these scores would show by chance and
    the `limit` above which chance does not explain it; `n` outcomes, worth `n_eff` independent ones; ten
    bins of the reliability diagram with counts; Brier score, hit rate, median confidence, and whether the
    buckets of 0.5 to 0.8 are balanced. Null, not 0, where no outcome is known. Over several symbols floor,
    limit and interval are bounds.
    """
    now = context.clock()
    lines = [line_of(line, now) for line in _lines(context, window, model, symbol)]
    head = {"window": window, "every_s": CALIBRATION_EVERY_S, "count": len(lines)}
    return Json({**head, "models": lines, "ts": now})


@router.get("/ml/deciles")
def deciles(context: Ctx, window: Hours = "24h", model: Model = None, symbol: Symbol = None) -> Json:
    """Tell how often prices rose by tenth of the scores: ten buckets for each model and symbol, and pooled.

    Decile 1 holds the lowest tenth of a symbol's scores by rank, 10 the highest. The pooled line (`symbol`
    null) adds up the same decile of every symbol. `buckets` is empty where no outcome is known yet.
    """
    now = context.clock()
    rows = [decile_rows(line, of, now) for line, of in _pooled(_lines(context, window, model, symbol))]
    return Json({"window": window, "count": len(rows), "deciles": rows, "ts": now})


@router.get("/ml/deciles.csv", response_class=Response)
def deciles_file(context: Ctx, window: Hours = "24h", model: Model = None, symbol: Symbol = None) -> Response:
    """Return the deciles of each model and symbol as CSV: a row a decile, empty means without outcomes."""
    headers = {"Content-Disposition": 'attachment; filename="deciles.csv"'}
    content = deciles_csv(_lines(context, window, model, symbol))
    return Response(content, media_type="text/csv", headers=headers)


def _records(context: Context, topic: str, model: str | None, symbol: str | None) -> list[Plain]:
    chosen = wanted(model, symbol)
    return [record for record in records(context.reader.shards(), topic) if chosen(record)]


def _lines(context: Context, window: str, model: str | None, symbol: str | None) -> list[CalibrationLine]:
    return calibration_lines(_records(context, CALIBRATION, model, symbol), window)


def _pooled(lines: list[CalibrationLine]) -> list[tuple[CalibrationLine, list[CalibrationLine]]]:
    """Return each line with those that it is made of."""
    return [
        (line, [line] if line.symbol else [o for o in lines if o.symbol and o.reference == line.reference])
        for line in lines
    ]
