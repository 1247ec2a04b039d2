"""Records of the topic ``alerts`` as the guard tells them."""

from __future__ import annotations

from typing import Any

from models.guard.notes import Now, alert
from models.rules.episode import Evidence
from models.rules.evaluate import Firing
from models.rules.rule import Rule

AT = 1_700_000_000


def told(number: int = 0, *, event: str = "fired", severity: str = "P1") -> dict[str, Any]:
    """Return a record; ``number`` is that of its symbol, and makes its id another."""
    rule = Rule(
        name="tick_stale", metric="staleness.tick", scope="symbol", op=">", value=60.0, for_s=180,
        severity=severity, actions=("alert",), runbook="docs/runbook.md#datastale60s",
    )  # type: ignore[arg-type]  # fmt: skip
    firing = Firing(AT + 180, event, rule, f"symbol:S{number}USDT", AT, Evidence(61.5, None, None))  # type: ignore[arg-type]
    return alert(Now(AT + 180, AT * 10**9), firing, "golive").body
