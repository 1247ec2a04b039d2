"""The dashboards as they are deployed, and what their queries ask for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "deploy" / "grafana" / "dashboards"
DASHBOARDS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))
}

_NAME = re.compile(r"\b((?:levibot|spark|process|python)_[a-z0-9_]+)(?:\{([^}]*)\})?")
_LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"([^\"]*)\"")


def queries() -> Iterator[tuple[str, str, str]]:
    """Yield dashboard, panel and query of every target."""
    for name, dashboard in DASHBOARDS.items():
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                yield name, panel["title"], target["expr"]


def asked(expr: str) -> list[tuple[str, dict[str, str]]]:
    """Return the metrics of a query, each with the labels it selects."""
    return [(found[1], dict(_LABEL.findall(found[2] or ""))) for found in _NAME.finditer(expr)]


def described(name: str, known: set[str]) -> str:
    """Return the metric that a series belongs to: a histogram's has a suffix."""
    base = re.sub(r"_(bucket|count|sum)$", "", name)
    return name if name in known else base
