"""What the drift of each model and symbol comes to in one window: a level, and the features behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Plain = dict[str, Any]

LEVELS = ("ok", "watch", "alert", "kill")
"""From the least to the worst; where there is nothing to judge a level is None."""


class Feature(NamedTuple):
    """One feature of a window; None for what cannot be told.

    ``previous`` is the PSI of the last 15 minutes against the 15 before, ``previous_level`` its level.
    """

    name: str
    psi: float | None
    psi_limit: float | None
    expected_days: float | None
    ks: float | None
    ks_limit: float | None
    level: str | None
    previous: float | None
    previous_level: str | None

    @classmethod
    def of(cls, name: str, figures: Mapping[str, Any], previous: Mapping[str, Any]) -> Feature:
        """Return a feature of a record."""
        known = {field: figures.get(field) for field in cls._fields[1:6]}
        before = previous.get(name) or {}
        return cls(
            name,
            **known,
            level=_judged(figures),
            previous=before.get("psi"),
            previous_level=_judged(before),
        )


class DriftLine(NamedTuple):
    """A model on a symbol; its level is the worst of all its features, None where none is judged."""

    model: str
    reference: str
    symbol: str
    venue: str
    ts: int
    level: str | None
    rows: int | None
    insufficient_data: bool
    top: list[Feature]

    def as_dict(self) -> Plain:
        """Return it JSON-ready."""
        return {**self._asdict(), "top": [feature._asdict() for feature in self.top]}


def drift_line(record: Plain, window: str, top: int) -> DriftLine:
    """Return a ``drift`` record that has levels in one of its windows, with its ``top`` features by PSI."""
    found = record["levels"]["windows"].get(window) or {}
    previous = (record["levels"].get("previous") or {}).get("features") or {}
    features = [Feature.of(name, one, previous) for name, one in (found.get("features") or {}).items()]
    insufficient = bool(found.get("insufficient_data"))
    who = {field: record[field] for field in ("model", "reference", "symbol", "venue", "ts")}
    return DriftLine(
        **who,
        level=None if insufficient else worst(feature.level for feature in features),
        rows=found.get("rows"),
        insufficient_data=insufficient,
        top=sorted(features, key=_by_psi)[:top],
    )


def worst(levels: Iterable[str | None]) -> str | None:
    """Return the worst level, None where there is none."""
    return max(levels, key=rank, default=None)


def rank(level: str | None) -> int:
    """Return the place of a level among ``LEVELS``, -1 for one that judges nothing."""
    return LEVELS.index(level) if level in LEVELS else -1


def _judged(figures: Mapping[str, Any]) -> str | None:
    """Return a feature's level, None where it has no limit: training could not tell what is usual."""
    known = any(figures.get(limit) is not None for limit in ("psi_limit", "ks_limit"))
    return figures.get("level") if known else None


def _by_psi(feature: Feature) -> tuple[float, str]:
    return 1.0 if feature.psi is None else -feature.psi, feature.name


def crossings_of(record: Plain) -> list[Plain]:
    """Return a record's events, each under the record's head."""
    head = {name: value for name, value in record.items() if name not in ("levels", "events", "days")}
    return [{**head, **event} for event in record["events"]]
