"""What the monitors of the shards last published of the model: calibration error, deciles, drift."""

from __future__ import annotations

from collections.abc import Iterator

from flows.checks.measuring.where import Plain, Where
from models.desk.references import name_of
from models.monitor.lines.calibration_lines import CalibrationLine, calibration_lines
from models.monitor.lines.selecting import present
from models.rules.evaluate import Sample
from models.rules.metrics import scope_key

KILL = "kill"
HOUR = "3600"


def calibration(where: Where) -> Iterator[Sample]:
    """Yield the error of the day over all symbols of the model, its median confidence, its deciles."""
    for line in _lines(where, "24h"):
        if line.symbol is None:
            n = None if line.figures.get("n_eff") is None else int(line.figures["n_eff"])
            yield Sample("calibration.ece", _key(where), line.ece.get("value"), line.ece.get("limit"), n)
        else:
            filled = sum(bool(one["n"]) for one in line.figures.get("deciles") or [])
            yield Sample(
                "calibration.deciles", _key(where, line.symbol), float(filled), n=line.figures.get("n")
            )
    for line in _lines(where, "1h"):
        median = line.figures.get("confid_median")
        if line.symbol is not None and median is not None:
            yield Sample(
                "calibration.confid_median", _key(where, line.symbol), median, n=line.figures.get("said")
            )


def _lines(where: Where, window: str) -> list[CalibrationLine]:
    lines = calibration_lines(present(where.calibration), window)
    return [line for line in lines if line.reference == where.model]


def drift(where: Where) -> Iterator[Sample]:
    """Yield the largest PSI of the last hour, and the events of level kill since the phase began."""
    ours = [body for body in where.drift if body["reference"] == where.model]
    for body in present(body for body in ours if body["levels"] is not None):
        window = body["levels"]["windows"].get(HOUR) or {}
        judged = [one for one in window.get("features", {}).values() if one["psi_limit"] is not None]
        if judged and not window["insufficient_data"]:
            worst = max(judged, key=lambda one: (one["psi"] > one["psi_limit"], one["psi"]))
            yield Sample(
                "drift.psi", _key(where, body["symbol"]), worst["psi"], worst["psi_limit"], window["rows"]
            )
    if ours:
        kills = sum(_is_kill(event) for body in ours for event in body["events"])
        yield Sample("drift.critical_events", _key(where), float(kills))


def _key(where: Where, symbol: str = "") -> str:
    """Return the key of the model, or of one of the symbols for each of which a criterion has to hold."""
    model = name_of(where.model)
    return scope_key("model", f"{model}/{symbol}" if symbol else model)


def _is_kill(event: Plain) -> bool:
    return bool(event["kind"] == "crossed" and event["level"] == KILL)
