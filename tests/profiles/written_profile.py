"""A profile as a file has it, for the tests."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

MISSING = object()
"""Set a field to it to leave the field out."""

CRITERION: dict[str, Any] = {
    "name": "latency", "metric": "latency.engine_p95_ms", "scope": "all", "op": "<", "value": 100,
}  # fmt: skip
RULE: dict[str, Any] = {
    "name": "slow", "metric": "latency.engine_p95_ms", "scope": "all", "op": ">", "value": 250, "for": "3m",
    "severity": "P2", "action": "alert", "runbook": "docs/runbook.md#enginelatencyhigh",
}  # fmt: skip
PROFILE: dict[str, Any] = {
    "name": "tried",
    "title": "A tried one",
    "source": "a test",
    "rollout": {
        "check_every": "1m",
        "fails": 3,
        "inconclusives": 5,
        "phases": [
            {"name": "preview", "rollout": "preview", "dwell": "1h", "criteria": [{**CRITERION}]},
            {"name": "all", "rollout": 1.0, "dwell": "2h", "criteria": [{**CRITERION}]},
        ],
    },
    "verdict": {"go": [{**CRITERION}]},
    "preflight": [{"item": "kill_test", "requirement": "S121"}],
    "measures": [{"name": "stop", "cmd": "kill", "args": {}, "why": "all is lost"}],
    "rules": [{**RULE}],
}


def changed(place: str = "", value: Any = None) -> dict[str, Any]:
    """Return the profile with another value at a place such as ``rollout.phases.0.dwell``."""
    raw = deepcopy(PROFILE)
    if place:
        at: Any = raw
        *way, last = [int(step) if step.isdigit() else step for step in place.split(".")]
        for step in way:
            at = at[step]
        if value is MISSING:
            del at[last]
        elif isinstance(at, list) and last == len(at):
            at.append(value)
        else:
            at[last] = value
    return raw


def file_of(raw: Any, folder: Path, name: str = "tried") -> Path:
    """Write a profile into a folder."""
    path = folder / f"{name}.yml"
    path.write_text(raw if isinstance(raw, str) else yaml.safe_dump(raw), encoding="utf-8")
    return path
