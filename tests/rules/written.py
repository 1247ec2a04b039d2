"""Rules as a file has them, for the tests."""

from __future__ import annotations

from typing import Any

from models.rules.parsing import parse_rules
from models.rules.rule import Rule

PAGE = "docs/runbook.md#driftkill"


def written(**other: Any) -> dict[str, Any]:
    """Return a good rule as plain data, with other fields; a field that is None is left out."""
    fields = {
        "name": "psi", "metric": "drift.psi", "scope": "model_symbol", "op": ">", "value": 0.3, "for": "0s",
        "severity": "P0", "action": "alert", "runbook": PAGE,
    } | other  # fmt: skip
    return {name: value for name, value in fields.items() if value is not None}


def rule(**other: Any) -> Rule:
    """Return a parsed rule."""
    return parse_rules([written(**other)], "rules.yml")[0]
