"""The gateway as one object: sessions, door, audit, and the way to the control topic; or none at all."""

from __future__ import annotations

from starlette.requests import Request

from api.gateway.attempts import Attempts
from api.gateway.audit import AuditLog, Plain
from api.gateway.door import Door, token_of
from api.gateway.keys import Keys
from api.gateway.sessions import SessionError, Sessions
from api.metrics.own import OwnMetrics
from connectors.kafka.gateway.commands import Deliveries
from connectors.settings import Settings


class Gateway:
    """What the handlers of the gateway share; may be shared by threads."""

    def __init__(self, settings: Settings, secret: str, metrics: OwnMetrics) -> None:
        self.settings = settings
        self.keys = Keys(settings)
        self.sessions = Sessions(secret, self.keys, settings.session_minutes)
        self.attempts = Attempts()
        self.door = Door(settings, self.sessions)
        self.deliveries = Deliveries(settings)
        self.acknowledged = metrics.gateway.acknowledged
        self.audit = AuditLog(settings, metrics.gateway)

    @classmethod
    def of(cls, settings: Settings, metrics: OwnMetrics) -> Gateway | None:
        """Return the gateway of the settings, None unless both ADMIN_KEY and ADMIN_SECRET are set.

        Raises ``KeysError`` where two roles have one key.
        """
        secret = settings.admin_secret.get_secret_value() if settings.admin_secret else ""
        return cls(settings, secret, metrics) if secret and settings.admin_key else None

    def user_of(self, request: Request) -> str:
        """Return who is logged in, by role and name; empty for a stranger."""
        try:
            session = self.sessions.read(token_of(request))
        except SessionError:
            return ""
        return f"{session.role}:{session.user}"

    def recent(self, limit: int = 100) -> list[Plain]:
        """Return the newest records of the audit, newest first, as items of ``/api/audit/list``."""
        return self.audit.recent(limit)

    def close(self) -> None:
        """Leave the broker."""
        self.audit.close()
