"""The dashboards as files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from connectors.profile_file import FOLDER, profile_named
from connectors.rules_file import reactions
from flows.dashboards.panels import Panel, Plain, placed
from flows.dashboards.production import TITLE as PRODUCTION_TITLE
from flows.dashboards.production import UID as PRODUCTION
from flows.dashboards.production import production
from flows.dashboards.realtime import TITLE as REALTIME_TITLE
from flows.dashboards.realtime import UID as REALTIME
from flows.dashboards.realtime import realtime

DASHBOARDS = Path("deploy/grafana/dashboards")


def dashboard_files(configs: Path) -> dict[Path, str]:
    """Return each dashboard by its path in the repository, from the folder of ``rules.yml``."""
    base = reactions(configs / "rules.yml")
    runbook, spark, marathon = (
        profile_named(configs / FOLDER, name) for name in ("runbook", "spark", "marathon")
    )
    found = {
        REALTIME: _dashboard(REALTIME_TITLE, REALTIME, "15m", realtime(base, runbook, spark, marathon)),
        PRODUCTION: _dashboard(PRODUCTION_TITLE, PRODUCTION, "6h", production(base, marathon, spark)),
    }
    return {DASHBOARDS / f"{name}.json": json.dumps(one, indent=1) + "\n" for name, one in found.items()}


def _dashboard(title: str, uid: str, window: str, panels: Sequence[Panel]) -> Plain:
    return {
        "title": title,
        "uid": uid,
        "tags": ["levibot"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "5s",
        "time": {"from": f"now-{window}", "to": "now"},
        "timezone": "utc",
        "templating": {"list": []},
        "annotations": {"list": []},
        "panels": placed(panels),
    }
