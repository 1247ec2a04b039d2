"""The gates in a bundle's model card: what the registry keeps of them, and says of those that failed."""

from __future__ import annotations

from typing import Any

import orjson

from models.bundle.sums import Files

CARD = "model_card.json"


def gates_of(files: Files) -> dict[str, Any]:
    """Return the gates of a bundle's model card; not passed where it has no card that says so."""
    try:
        gates = orjson.loads(files[CARD])["gates"]
        if isinstance(gates, dict) and type(gates.get("passed")) is bool:
            return gates
    except (KeyError, TypeError, orjson.JSONDecodeError):
        pass
    return {"passed": False, "why": f"it has no {CARD} with gates"}


def failed_gates(gates: dict[str, Any]) -> list[str]:
    """Return, in words, the gates that were not passed."""
    if gates.get("passed") is True:
        return []
    words = [
        str(one.get("sentence") or f"{name} is {one.get('value')}, the threshold {one.get('threshold')}")
        for name, one in gates.items()
        if isinstance(one, dict) and one.get("passed") is not True
    ]
    return words or [str(gates.get("why", "its gates were not passed"))]
