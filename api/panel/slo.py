"""The service levels: what each is now, its limits, and the last hour of it."""

from __future__ import annotations

from api.panel.reading import View
from api.panel.redlines import RedLines
from api.shown.freshness import Plain
from api.shown.guard import SERVICE_LEVELS, UNITS, Measured


def service_levels(view: View, measured: Measured, lines: RedLines) -> Plain:
    """Return each level as ``/api/tools/get_metrics`` does, with its ``limits`` (least first) and ``points``.

    Values, limits and points are in the unit of the level; a point is its second and its value.
    """
    profile = profile_of(view.guard)
    return {
        name: {
            "metric": metric,
            "unit": UNITS[name],
            "value": measured.value(metric, times),
            "age_s": measured.age(metric),
            "limits": lines.of(metric, profile, times),
            "points": _points(view.long.series[name], times),
        }
        for name, (metric, times) in SERVICE_LEVELS.items()
    }


def profile_of(guard: Plain | None) -> str:
    """Return the profile that a rollout follows, "" where none runs."""
    return str(guard["rollout"]["profile"]) if guard else ""


def _points(series: list[Plain], times: float) -> list[list[float]]:
    every = [point for point in series if point["scope"] == "all" and point["value"] is not None]
    return [[point["second"], point["value"] * times] for point in every]
