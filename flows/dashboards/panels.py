"""Panels as Grafana's JSON has them (schema 39, Grafana 10 and later)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from flows.dashboards.lines import Lines

Plain = dict[str, Any]

DATASOURCE = {"type": "prometheus", "uid": "prometheus"}
"""As deploy/grafana/provisioning names it."""
WIDTH = 24
"""Columns of Grafana's grid."""


class Query(NamedTuple):
    """A query and what its series are called; ``lines`` and ``unit`` where they differ from the panel's."""

    expr: str
    legend: str
    unit: str = ""
    lines: Lines | None = None


class Panel(NamedTuple):
    """A panel before it has its place."""

    title: str
    kind: str  # Grafana's: timeseries, stat, bargauge
    queries: tuple[Query, ...]
    meaning: str
    unit: str = "none"
    lines: Lines | None = None
    width: int = 8
    height: int = 8
    mappings: tuple[tuple[float, str, str], ...] = ()  # value, text, colour
    instant: bool = False
    show_name: bool = False


def rendered(panel: Panel, number: int, x: int, y: int) -> Plain:
    """Return a panel's JSON at its place on the grid."""
    return {
        "id": number,
        "title": panel.title,
        "description": panel.meaning,
        "type": panel.kind,
        "datasource": DATASOURCE,
        "gridPos": {"h": panel.height, "w": panel.width, "x": x, "y": y},
        "fieldConfig": {"defaults": _defaults(panel), "overrides": _overrides(panel)},
        "options": _OPTIONS[panel.kind](panel),
        "targets": [_target(panel, query, place) for place, query in enumerate(panel.queries)],
    }


def _target(panel: Panel, query: Query, place: int) -> Plain:
    return {
        "refId": chr(ord("A") + place),
        "datasource": DATASOURCE,
        "expr": query.expr,
        "legendFormat": query.legend,
        "instant": panel.instant,
        "range": not panel.instant,
    }


def _defaults(panel: Panel) -> Plain:
    found: Plain = {"unit": panel.unit, "mappings": [_mapping(one) for one in panel.mappings]}
    found["thresholds"] = (panel.lines or Lines()).steps()
    if panel.kind == "timeseries":
        found["color"] = {"mode": "palette-classic"}
        found["custom"] = {
            "drawStyle": "line", "lineWidth": 1, "fillOpacity": 0, "showPoints": "never", "spanNulls": False,
            "thresholdsStyle": {"mode": "line" if panel.lines else "off"},
        }  # fmt: skip
    else:
        found["color"] = {"mode": "thresholds"}
    return found


def _mapping(one: tuple[float, str, str]) -> Plain:
    value, text, colour = one
    return {"type": "value", "options": {f"{value:g}": {"text": text, "color": colour, "index": 0}}}


def _overrides(panel: Panel) -> list[Plain]:
    """Return what single queries have of their own: a unit with an axis, lines."""
    return [
        {"matcher": {"id": "byFrameRefID", "options": chr(ord("A") + place)}, "properties": _own(query)}
        for place, query in enumerate(panel.queries)
        if query.unit or query.lines
    ]


def _own(query: Query) -> list[Plain]:
    found: list[Plain] = []
    if query.unit:
        found.append({"id": "unit", "value": query.unit})
    if query.lines:
        found.append({"id": "thresholds", "value": query.lines.steps()})
        found.append({"id": "custom.thresholdsStyle", "value": {"mode": "line"}})
    return found


def _of_series(_: Panel) -> Plain:
    legend = {"displayMode": "list", "placement": "bottom", "showLegend": True}
    return {"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}


def _of_stat(panel: Panel) -> Plain:
    return {
        "reduceOptions": _LAST, "colorMode": "background", "graphMode": "none", "orientation": "auto",
        "textMode": "name" if panel.show_name else "auto",
    }  # fmt: skip


def _of_bars(_: Panel) -> Plain:
    return {"reduceOptions": _LAST, "orientation": "horizontal", "displayMode": "basic"}


_LAST = {"calcs": ["lastNotNull"], "fields": "", "values": False}
_OPTIONS = {"timeseries": _of_series, "stat": _of_stat, "bargauge": _of_bars}


def placed(panels: Sequence[Panel]) -> list[Plain]:
    """Return the panels row by row, each as high as its highest."""
    found, x, y, high = [], 0, 0, 0
    for number, panel in enumerate(panels, 1):
        if x + panel.width > WIDTH:
            x, y, high = 0, y + high, 0
        found.append(rendered(panel, number, x, y))
        x, high = x + panel.width, max(high, panel.height)
    return found
