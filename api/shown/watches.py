"""When drift and calibration were last looked at, and the worst that was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from api.shown.freshness import Plain, age_s
from models.judge.records import CALIBRATION, DRIFT
from models.monitor.lines.calibration_lines import calibration_lines
from models.monitor.lines.drift_lines import drift_line, rank
from models.monitor.lines.selecting import present

DRIFT_EVERY_S, CALIBRATION_EVERY_S = 900, 300
"""Of the log's time, between two records."""
HOUR_S = "3600"
"""The drift window that the ladder applies to."""


def records(shards: Mapping[str, Plain], topic: str) -> list[Plain]:
    """Return the present records of a topic of each symbol and model, in order."""
    return present(
        of_model[topic]
        for shard in shards.values()
        for symbol in shard["symbols"].values()
        for of_model in (symbol.get("monitors") or {}).values()
        if of_model.get(topic)
    )


def watches(shards: Mapping[str, Plain], now: int) -> Plain:
    """Return both watches; ages and findings are null before the first look."""
    drift, calibration = records(shards, DRIFT), records(shards, CALIBRATION)
    lines = [drift_line(record, HOUR_S, 1) for record in drift]
    worst = max(lines, key=lambda line: rank(line.level), default=None)
    errors = [line for line in calibration_lines(calibration, "24h") if line.symbol is not None]
    largest = max(errors, key=lambda line: line.ece.get("value") or -1.0, default=None)
    return {
        "drift": _looked(drift, now, DRIFT_EVERY_S)
        | {"level": worst.level if worst else None, "of": f"{worst.model}/{worst.symbol}" if worst else None},
        "calibration": _looked(calibration, now, CALIBRATION_EVERY_S)
        | {
            "ece": largest.ece.get("value") if largest else None,
            "of": f"{largest.model}/{largest.symbol}" if largest else None,
        },
    }


def _looked(found: Iterable[Plain], now: int, every_s: int) -> Plain:
    last = max((record["ts"] for record in found), default=None)
    return {"every_s": every_s, "last_age_s": None if last is None else age_s(last, now)}
