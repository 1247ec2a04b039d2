"""A record of the control topic as plain data, for those who audit all of them, the refused ones too."""

from __future__ import annotations

from typing import Any

from models.control.said import said, shown
from models.control.verdict import Refusal, judge


def heard(raw: Any, broker_ts: int, secret: str | None) -> dict[str, Any]:
    """Return ``{"command": {...}}`` or ``{"refused": reason, "said": {...}}``, as ``judge`` finds.

    Arguments as of ``judge``. Never a signature, never the secret.
    """
    verdict = judge(raw, broker_ts, secret)
    if not isinstance(verdict, Refusal):
        return {"command": verdict.as_dict()}
    hidden = private(raw, secret)
    return {"refused": shown(verdict.reason, hidden), "said": said(raw, hidden)}


def private(raw: Any, secret: str | None) -> list[str]:
    """Return the words of a record that nobody is to be told: the secret, and its signature."""
    signature = raw.get("sig") if isinstance(raw, dict) else None
    return [word for word in (secret, signature) if isinstance(word, str)]
