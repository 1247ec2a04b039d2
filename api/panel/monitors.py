"""What the monitors say of the model in use: reliability, drift against its null, scores by tenths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from api.shown.calibration import line_of
from api.shown.freshness import Plain, age_s
from api.shown.guard import Measured
from connectors.redis.monitors import FIELD
from models.judge.records import CALIBRATION, DRIFT
from models.monitor.lines.calibration_lines import CalibrationLine, calibration_lines
from models.monitor.lines.drift_lines import DriftLine, Feature, drift_line

TOP = 5
EVERY = 100
"""More than there are features."""
DRIFT_WINDOW = "3600"
BALANCED = range(5, 8)
"""Tenths of the probability that are looked at: 0.5 to 0.8."""


def in_use(shards: Iterable[Plain], topic: str) -> list[Plain]:
    """Return each symbol's last record of a topic, of the model that its shard uses."""
    return list(_in_use(shards, topic))


def _in_use(shards: Iterable[Plain], topic: str) -> Iterator[Plain]:
    for shard in shards:
        for symbol in {} if shard["gone"] else shard["symbols"].values():
            record = (symbol.get(FIELD) or {}).get(shard["desk"]["model"], {}).get(topic)
            if record:
                yield record


def monitored(shards: Iterable[Plain], now: int) -> Plain:
    """Return what takes long and changes slowly: ``reliability``, ``drift``, and ``counts`` by tenth."""
    known = list(shards)
    calibrations = in_use(known, CALIBRATION)
    return {
        "reliability": reliability(calibrations, now),
        "drift": drift(in_use(known, DRIFT), now),
        "counts": counts(calibrations),
    }


def aged(part: Plain | None, now: int) -> Plain | None:
    """Return a part with the age that it has now."""
    return part and part | {"age_s": age_s(part["ts"], now)}


def reliability(records: list[Plain], now: int) -> Plain | None:
    """Return the diagram of all symbols together over 24 h, as ``/calibration`` tells it.

    None where no outcome has been judged. Of several symbols, floor and limit are bounds.
    """
    line = _pooled(records, "24h")
    return line_of(line, now) if line and line.figures["n"] else None


def counts(records: list[Plain]) -> list[int]:
    """Return how many scores of the last hour lay in each tenth; empty where none has been counted."""
    line = _pooled(records, "1h")
    found = [one["said"] for one in (line.figures.get("buckets") or [])] if line else []
    return found if sum(found) else []


def buckets(found: list[int], measured: Measured) -> Plain | None:
    """Return the counts by tenth, and whether they are balanced; None where nothing is known.

    Balanced: none of the tenths from 0.5 to 0.8 holds over half of them (S096); as the guard says it, else as
    these counts do.
    """
    said = measured.value("buckets.balanced")
    if not found:
        return None if said is None else {"counts": None, "n": None, "balanced": bool(said)}
    own = 2 * max(found[tenth] for tenth in BALANCED) <= sum(found)
    return {"counts": found, "n": sum(found), "balanced": own if said is None else bool(said)}


def drift(records: list[Plain], now: int) -> Plain | None:
    """Return the features that have drifted most in the last hour, each beside its null's limit.

    Above its limit comes before below it, then the greater PSI. None where nothing has been looked at.
    """
    looked = [one for one in records if one["levels"]]
    if not looked:
        return None
    lines = [drift_line(one, DRIFT_WINDOW, EVERY) for one in looked]
    enough = [line for line in lines if not line.insufficient_data]
    every = [_feature(line, one) for line in enough for one in line.top if one.psi is not None]
    ts = max(line.ts for line in lines)
    return {
        "model": lines[0].model,
        "symbols": len(lines),
        "insufficient": len(lines) - len(enough),
        "rows": sum(line.rows or 0 for line in lines),
        "features": sorted(every, key=_worst_first)[:TOP],
        "ts": ts,
        "age_s": age_s(ts, now),
    }


def _pooled(records: list[Plain], window: str) -> CalibrationLine | None:
    """Return the line over all symbols of the first model there is."""
    lines = calibration_lines(records, window)
    return next((line for line in lines if line.symbol is None), None)


def _feature(line: DriftLine, one: Feature) -> Plain:
    names = ("psi", "psi_limit", "ks", "ks_limit", "expected_days", "level")
    return {"symbol": line.symbol, "feature": one.name} | {name: getattr(one, name) for name in names}


def _worst_first(one: Plain) -> tuple[bool, float, str, str]:
    below = one["psi_limit"] is None or one["psi"] <= one["psi_limit"]
    return below, -one["psi"], one["symbol"], one["feature"]
