"""Metrics of the guard, off its view."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client.core import Metric

from connectors.metrics.families import Labels, gauge, info

Plain = dict[str, Any]

SEVERITIES = ("P0", "P1", "P2", "P3")
_ACKNOWLEDGED = "kill.mttr_s"


def guard_families(view: Mapping[str, Any]) -> Iterator[Metric]:
    """Yield the metrics of a view, those without a sample that an empty one does not tell."""
    measured = {(row[0],): float(row[2]) for row in view.get("measured", ()) if row[2] is not None}
    yield gauge("levibot_measure", measured)
    alerts = list(view.get("alerts", ()))
    firing: dict[Labels, float] = {(a["rule"], a["scope"], a["severity"]): 1.0 for a in alerts}
    yield gauge("levibot_alert_firing", firing)
    counts = Counter(one["severity"] for one in alerts)
    yield gauge("levibot_alerts_firing", {(s,): float(counts[s]) for s in SEVERITIES} if view else {})
    rolled = view.get("rollout")
    places = [(rolled["profile"], rolled["state"], str(rolled["phase"]))] if rolled else []
    yield info("levibot_rollout_info", places)
    yield gauge("levibot_rollout_dwell_seconds", rolled["dwell_s"] if rolled else None)
    yield gauge("levibot_kill_acknowledgement_seconds", measured.get((_ACKNOWLEDGED,)))
    yield gauge("levibot_silent_shards", len(view["silent"]) if "silent" in view else None)
    yield gauge("levibot_guard_second", view.get("second") or None)
