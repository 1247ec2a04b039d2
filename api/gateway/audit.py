"""The audit of the gateway: each request that asked for something, on a topic, in a file, and at hand.

No record holds a key, a token or a secret, wherever a caller may have put it.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

import structlog

from api.gateway.thinning import Thinning
from api.metrics.own import GatewayMetrics
from connectors.audit_file import AuditFile
from connectors.kafka.gateway.audit import AuditTopic
from connectors.settings import Settings
from models.control.said import WORD, said, shown

KEPT = 1_000
"""Records that are kept at hand, of those of the file after a start."""

Plain = dict[str, Any]
Outcome = Literal["done", "repeat", "refused", "failed"]
_LOG = structlog.get_logger()


@dataclass(slots=True)
class Trail:
    """What is known of a request so far; ``ts`` is the wall clock when it came, ns."""

    ip: str
    method: str
    path: str
    ts: int
    began: float = field(default_factory=time.perf_counter)
    user: str = ""
    role: str = ""
    cmd: str = ""
    args: Plain = field(default_factory=dict)
    command_id: str = ""
    repeat: bool = False
    hidden: list[str] = field(default_factory=list)  # what the caller presented


class AuditLog:
    """Writes records and keeps the newest; may be shared by threads."""

    def __init__(self, settings: Settings, metrics: GatewayMetrics) -> None:
        keys = (settings.admin_secret, settings.admin_key, settings.trader_key, settings.viewer_key)
        self._secrets = [key.get_secret_value() for key in keys if key]
        self._file, self._topic = AuditFile(settings.audit_file), AuditTopic(settings)
        self._newest: deque[Plain] = deque(reversed(self._kept_before()), maxlen=KEPT)
        self._thinning, self._lock = Thinning(), threading.Lock()
        self._metrics = metrics

    def recent(self, limit: int = 100) -> list[Plain]:
        """Return the newest records, newest first, each with ``action`` and ``_err``, why it was not done."""
        with self._lock:
            found = list(self._newest)[-limit:] if limit > 0 else []
        return [{"action": "request", **body, "_err": body["reason"] or None} for body in reversed(found)]

    def record(self, trail: Trail, outcome: Outcome, status: int, reason: str = "") -> None:
        """Write a record before its request is answered, to the file and then to the topic."""
        self._metrics.requests.labels(outcome).inc()
        number, told = self._thinning.count(trail.ip) if outcome == "refused" else (0, True)
        if told:
            trail.hidden += self._secrets
            self._write(body_of(trail, outcome, status, reason, number))

    def close(self) -> None:
        """Leave the broker."""
        self._topic.close()

    def _write(self, body: Plain) -> None:
        with self._lock:
            self._newest.append(body)
        try:
            self._file.append(body)
        except OSError as error:
            self._metrics.lost.inc()
            _LOG.error("AUDIT_FILE cannot be written", why=str(error), path=body["path"], user=body["user"])
        self._topic.send(body)

    def _kept_before(self) -> list[Plain]:
        try:
            return [body for body in self._file.newest(KEPT) if body.keys() == _FIELDS]
        except OSError as error:
            _LOG.warning("AUDIT_FILE cannot be read", why=str(error))
            return []


def body_of(trail: Trail, outcome: Outcome, status: int, reason: str, refusals: int) -> Plain:
    """Return the record of a request, with nothing hidden in it; ``refusals`` so far, this one included."""
    hidden = trail.hidden
    return {
        "id": uuid.uuid4().hex, "ts": trail.ts, "event": "request", "user": trail.user, "role": trail.role,
        "ip": trail.ip, "method": trail.method, "path": shown(trail.path, hidden, WORD), "cmd": trail.cmd,
        "args": said({"args": trail.args}, hidden)["args"],
        "command_id": shown(trail.command_id, hidden, WORD), "outcome": outcome, "status": status,
        "reason": shown(reason, hidden), "ms": round((time.perf_counter() - trail.began) * 1_000, 1),
        "refusals": refusals,
    }  # fmt: skip


_FIELDS = {
    "id", "ts", "event", "user", "role", "ip", "method", "path", "cmd", "args", "command_id", "outcome",
    "status", "reason", "ms", "refusals",
}  # fmt: skip
