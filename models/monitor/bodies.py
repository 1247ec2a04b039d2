"""What Monitor finds as record bodies: plain JSON-ready dicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from models.desk.references import name_of
from models.judge.records import Shard, record_id
from models.monitor.bucket import Bucket
from models.monitor.drift.findings import Daily, Event, Finding, Levels, WindowLevels
from models.monitor.watched import Calibrated
from models.spec import SECOND
from models.ticks import Symbol

Body = dict[str, Any]


class About(NamedTuple):
    """A model as the records of one bucket name it."""

    shard: Shard
    bucket: Bucket
    reference: str
    version: str

    def head(self, kind: str, symbol: Symbol | None, name: str | None) -> Body:
        """Return what all records have: id, symbol (None: all of the shard), venue, end, kind, model."""
        whose = ":".join(symbol) if symbol else self.shard.key
        end = self.bucket.end * SECOND
        return {
            "id": record_id(kind, whose, end, self.reference),
            "symbol": name,
            "venue": symbol.venue if symbol else "",
            "ts": end,
            "kind": kind,
            "model": name_of(self.reference),
            "model_version": self.version,
            "reference": self.reference,
        }

    @property
    def cause(self) -> Body:
        """Return ``caused_by``."""
        offset, seq = self.bucket.cause
        return {
            "topic": self.shard.topic, "partition": self.shard.partition, "offset": offset, "seq": seq,
        }  # fmt: skip


def calibration_body(about: About, symbol: Symbol, name: str, found: Calibrated, horizon_s: int) -> Body:
    """Return the record of a symbol's bucket and windows."""
    return about.head("calibration", symbol, name) | {
        "horizon_s": horizon_s,
        "start_s": about.bucket.start,
        "bucket": found.bucket,
        "windows": {"1h": found.hour, "24h": found.day},
        "caused_by": about.cause,
    }


def drift_body(about: About, symbol: Symbol, name: str, findings: Sequence[Finding]) -> Body:
    """Return what was found of a symbol: levels every 15 minutes, and events where there are."""
    levels = next((_levels(one) for one in findings if isinstance(one, Levels)), None)
    told = {"levels": levels, "events": _events(findings), "days": []}
    return about.head("drift", symbol, name) | told | {"caused_by": about.cause}


def shard_drift_body(about: About, findings: Sequence[Finding], days: Sequence[tuple[str, Daily]]) -> Body:
    """Return what was found of all symbols: events of the residuals, and at a day's end each one's day."""
    ended = [_day(name, daily) for name, daily in days]
    told = {"levels": None, "events": _events(findings), "days": ended}
    return about.head("drift", None, None) | told | {"caused_by": about.cause}


def _events(findings: Sequence[Finding]) -> list[Body]:
    events = [one._asdict() for one in findings if isinstance(one, Event)]
    return [{name: event[name] for name in event if name not in ("symbol", "end")} for event in events]


def _day(name: str, daily: Daily) -> Body:
    features = {feature: maxima._asdict() for feature, maxima in daily.features.items()}
    return {
        "symbol": name,
        "venue": daily.symbol.partition(":")[0],
        "ts": daily.end * SECOND,
        "features": features,
        "events": daily.events,
    }


def _levels(found: Levels) -> Body:
    return {
        "windows": {length: _window(window) for length, window in found.windows.items()},
        "previous": _window(found.previous),
        "top": list(found.top),
    }


def _window(window: WindowLevels) -> Body:
    features = {name: level._asdict() for name, level in window.features.items()}
    return {"rows": window.rows, "insufficient_data": window.insufficient_data, "features": features}
