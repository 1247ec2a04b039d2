"""Alerts as a message that Slack and what is compatible with it understand."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Plain = dict[str, Any]

_RESOLVED, _RED, _YELLOW = "#2e8b57", "#d00000", "#e0a000"
_NS = 10**9


def message(alerts: Sequence[Mapping[str, Any]]) -> Plain:
    """Return the message of one or more records of the topic ``alerts``, in their order.

    Each stands with its id, so that a repeat after a crash is told from a second alert.
    """
    head = _line(alerts[0]) if len(alerts) == 1 else f"{len(alerts)} alerts, {_worst(alerts)}"
    ids = ", ".join(str(one["id"]) for one in alerts)
    return {"text": _safe(f"{head} (id {ids})"), "attachments": [_attachment(one) for one in alerts]}


def trial(at: float) -> Plain:
    """Return a message that says that messages arrive; ``at``: seconds since 1970."""
    told = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
    return {"text": f"LEVIBOT: a test of the alerts, sent {told}. Nothing is wrong.", "attachments": []}


def _worst(alerts: Sequence[Mapping[str, Any]]) -> str:
    firing = sorted(one["severity"] for one in alerts if one["event"] == "firing")
    return f"the worst {firing[0]}" if firing else "all resolved"


def _line(one: Mapping[str, Any]) -> str:
    return f"[{one['severity']}] {one['event'].upper()}: {one['rule']} of {one['scope']}"


def _attachment(one: Mapping[str, Any]) -> Plain:
    limit = "" if one["limit"] is None else f", chance explains up to {one['limit']:.6g}"
    value = "no value" if one["value"] is None else f"{one['value']:.6g}"
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(one["since"] // _NS))
    fields = {
        "severity": f"{one['severity']}, {one['level']}",
        "scope": one["scope"],
        "actions": ", ".join(one["actions"]),
        "profile": one["profile"] or "none",
        "runbook": one["runbook"],
    }
    found = f"{one['metric']} is {value}, the rule is {one['op']} {one['threshold']:.6g}"
    return {
        "color": _RESOLVED if one["event"] == "resolved" else _RED if one["level"] == "RED" else _YELLOW,
        "fallback": _safe(_line(one)),
        "title": _safe(_line(one)),
        "text": _safe(f"{found} for {one['for']}{limit}; since {since} UTC"),
        "fields": [{"title": name, "value": _safe(text), "short": True} for name, text in fields.items()],
        "footer": _safe(f"id {one['id']}"),
        "ts": one["ts"] // _NS,
    }


def _safe(text: str) -> str:
    """Return a text in which nothing is a command such as ``<!channel>``."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
