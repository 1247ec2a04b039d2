"""What the guard has measured of all together, and what fires, each with its age."""

from __future__ import annotations

from typing import Any

from api.shown.freshness import Plain, age_s
from models.spec import SECOND

STANDS_S = 60.0
"""The guard looks every few seconds of the log's time; an older measurement is not the present."""

P95, STALENESS, ERRORS = "latency.score_e2e_p95_ms", "staleness.tick", "errors.rate"
SERVICE_LEVELS = {"p95_ms": (P95, 1.0), "staleness_s": (STALENESS, 1.0), "error_rate": (ERRORS, 100.0)}
"""By the owner's names: the metric, and what it is multiplied by; ``error_rate`` is in percent."""
UNITS = {"p95_ms": "ms", "staleness_s": "s", "error_rate": "%"}


class Measured:
    """The last measurements; null where there is none, or where it is no longer the present."""

    def __init__(self, guard: Plain | None, now: int) -> None:
        self._found: dict[str, list[Any]] = {row[0]: row for row in (guard or {"measured": []})["measured"]}
        looked = (guard or {}).get("looked")
        self.age_s = age_s(looked * SECOND, now) if looked else None
        self.fresh = self.age_s is not None and self.age_s <= STANDS_S

    def value(self, metric: str, times: float = 1.0) -> float | None:
        """Return a metric of all together."""
        row = self._found.get(metric)
        if row is None or row[2] is None or not self.fresh:
            return None
        return float(row[2]) * times

    def levels(self) -> Plain:
        """Return the three service levels under the owner's names."""
        return {name: self.value(*of) for name, of in SERVICE_LEVELS.items()}

    def age(self, metric: str) -> float | None:
        """Return how old a metric's value is, null where there is none."""
        return None if self.value(metric) is None else self.age_s


def firing(guard: Plain | None, now: int) -> list[Plain]:
    """Return the rules that hold at present, and for how long."""
    found = (guard or {"alerts": []})["alerts"]
    return [{**one, "for_s": age_s(one["since"] * SECOND, now)} for one in found]


def told(alert: Plain, now: int) -> Plain:
    """Return a record of ``alerts`` with its age."""
    return {**alert, "age_s": age_s(alert["ts"], now)}
