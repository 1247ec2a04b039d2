"""Breaches and incidents of a stretch, out of ``alerts``: which rules held for their time, and how long."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from flows.day_report.window import Window
from models.spec import SECOND

Plain = dict[str, Any]

CRITICAL, MINOR = ("P0", "P1"), ("P2",)
"""Severities; P3 is to be known, and no breach."""
TOP = 3


class Breach(NamedTuple):
    """A rule that began to hold for its time in the stretch; what it was of, and how long it held."""

    rule: str
    severity: str
    metric: str
    scope: str
    op: str
    threshold: float
    value: float | None
    n: int | None
    since: int  # when it began to hold, ns
    fired: int  # when it had held for its time, ns
    end: int | None  # when it ceased to, ns; None: it held on at the end of the stretch
    seconds: float  # up to then, or to the end of the stretch
    actions: tuple[str, ...]
    auto_pause: bool
    runbook: str

    def as_dict(self) -> Plain:
        """Return it JSON-ready."""
        return {**self._asdict(), "actions": list(self.actions)}


def breaches(alerts: Iterable[Plain], window: Window) -> list[Breach]:
    """Return what fired in a stretch, P3 included, in order of time."""
    told = sorted(alerts, key=lambda body: int(body["ordinal"]))
    ends = {
        (body["rule"], body["scope"], body["since"]): body["ts"]
        for body in told
        if body["event"] == "resolved" and body["ts"] < window.end
    }
    fired = [body for body in told if body["event"] == "firing" and window.holds(body["ts"])]
    return [_breach(body, ends.get((body["rule"], body["scope"], body["since"])), window) for body in fired]


def _breach(body: Plain, end: int | None, window: Window) -> Breach:
    until = window.end if end is None else end
    return Breach(
        rule=body["rule"], severity=body["severity"], metric=body["metric"], scope=body["scope"],
        op=body["op"], threshold=body["threshold"], value=body["value"], n=body["n"], since=body["since"],
        fired=body["ts"], end=end, seconds=(until - body["since"]) / SECOND, actions=tuple(body["actions"]),
        auto_pause=body["auto_pause"], runbook=body["runbook"],
    )  # fmt: skip


def carried_over(alerts: Iterable[Plain], window: Window) -> int:
    """Return how many breaches that had fired before the stretch ceased to hold in it."""
    found = list(alerts)
    fired = {
        (b["rule"], b["scope"], b["since"]) for b in found if b["event"] == "firing" and window.holds(b["ts"])
    }
    ended = {
        (b["rule"], b["scope"], b["since"])
        for b in found
        if b["event"] == "resolved" and window.holds(b["ts"])
    }
    return len(ended - fired)


def counted(found: Iterable[Breach], *severities: str) -> int:
    """Return how many breaches are of some severities."""
    return sum(one.severity in severities for one in found)


def top(found: Iterable[Breach], most: int = TOP) -> list[Breach]:
    """Return the breaches that matter most: by severity, then by how long they held; P3 are none."""
    real = [one for one in found if one.severity in (*CRITICAL, *MINOR)]
    return sorted(real, key=lambda one: (one.severity, -one.seconds, one.fired))[:most]
