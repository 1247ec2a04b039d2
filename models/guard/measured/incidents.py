"""How many rules held for their time: breaches of a day, incidents of a run, what fires now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from models.rules.episode import Episode
from models.rules.evaluate import Firing, Sample
from models.rules.rule import Rule

DAY_S = 86_400
INCIDENTS = ("P0", "P1")
"""Severities of incidents; P0 are the critical ones."""


class Incidents:
    """Seconds of the breaches of the last day, and the counts since a run began; state is plain data."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        saved = saved or {}
        self._breaches: list[int] = list(saved.get("breaches", []))
        self._critical: int = saved.get("critical", 0)
        self._firing: int = saved.get("firing", 0)

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        return {"breaches": list(self._breaches), "critical": self._critical, "firing": self._firing}

    def begin_run(self) -> None:
        """Count critical incidents anew."""
        self._critical = 0

    def take(
        self, second: int, firings: Iterable[Firing], still: Iterable[tuple[Rule, str, Episode]]
    ) -> None:
        """Count what has fired; ``still``: what has not resolved."""
        fired = [firing for firing in firings if firing.kind == "fired"]
        self._breaches = [at for at in self._breaches if at > second - DAY_S] + [
            f.second for f in fired if f.rule.severity != "P3"
        ]
        self._critical += sum(firing.rule.severity == "P0" for firing in fired)
        self._firing = sum(rule.severity in INCIDENTS for rule, _, _ in still)

    def samples(self, second: int) -> list[Sample]:
        """Return the counts as they were before this second."""
        recent = sum(at > second - DAY_S for at in self._breaches)
        return [
            Sample("breaches.count_24h", "all", float(recent)),
            Sample("incidents.critical", "all", float(self._critical)),
            Sample("alerts.firing", "all", float(self._firing)),
        ]
