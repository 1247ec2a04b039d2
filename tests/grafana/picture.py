"""A dashboard drawn from what Prometheus has, for a look: what Grafana would show, without Grafana."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import matplotlib as mpl
from grafana.faulted import Faulted

mpl.use("agg")
import matplotlib.pyplot as plt

COLUMNS = 4


def draw(running: Faulted, dashboard: dict[str, Any], path: Path) -> None:
    """Write a dashboard's panels as a PNG, each with its lines."""
    panels = dashboard["panels"]
    rows = math.ceil(len(panels) / COLUMNS)
    figure, axes = plt.subplots(rows, COLUMNS, figsize=(5 * COLUMNS, 2.6 * rows), squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, panel in zip(axes.flat, panels, strict=False):
        axis.axis("on")
        _panel(running, axis, panel)
    figure.suptitle(dashboard["title"])
    figure.tight_layout()
    figure.savefig(path, dpi=60)
    plt.close(figure)


def _panel(running: Faulted, axis: Any, panel: dict[str, Any]) -> None:
    axis.set_title(panel["title"], fontsize=9)
    axis.tick_params(labelsize=7)
    for target in panel["targets"]:
        for points in running.series(target["expr"]):
            if points:
                axis.plot(
                    [at - running.began for at, _ in points], [value for _, value in points], linewidth=1
                )
    for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]:
        low, high = axis.get_ylim()
        if step["value"] is not None and low <= step["value"] <= high:
            axis.axhline(step["value"], color=step["color"], linewidth=0.8)
