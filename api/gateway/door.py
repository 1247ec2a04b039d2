"""Who may come in: the checks of a request, in order. The first that fails answers it.

Allowlist (403), origin (403), session (401), requests a minute (429), role (403).
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.requests import Request

from api.gateway.audit import Trail
from api.gateway.origin import is_foreign
from api.gateway.refused import RefusedError, too_many
from api.gateway.sessions import Session, SessionError, Sessions
from api.http.caller import is_behind_https, is_within, networks
from connectors.rate_limit import RateLimit
from connectors.settings import Settings
from models.control.commands import allowed

COOKIE = "levibot_session"
NO_SESSION, BAD_SESSION = "no_session", "bad_session"
_BEARER = "bearer "


class Door:
    """The checks of one gateway; may be shared by threads."""

    def __init__(self, settings: Settings, sessions: Sessions) -> None:
        self._allowed = networks(settings.ip_allowlist)
        self._most = settings.control_per_minute
        self._limit = RateLimit(settings.limiter_url, "control", self._most)
        self._sessions = sessions

    def come_near(self, request: Request, trail: Trail) -> None:
        """Refuse who calls from an address that is not allowed, and a browser on a foreign page."""
        if not is_within(trail.ip, self._allowed):
            raise RefusedError(403, "address", f"{trail.ip} may not use the gateway; see IP_ALLOWLIST")
        scheme = "https" if is_behind_https(request) else "http"
        if is_foreign(request.headers, scheme):
            raise RefusedError(403, "origin", "the gateway takes requests of its own pages only")

    def session(self, request: Request, trail: Trail, what: str) -> Session:
        """Return whose session it is, counted as one more request of ``what``; else refuse it.

        Who has no good session is counted by address alone.
        """
        token = token_of(request)
        trail.hidden.append(token)
        try:
            session = self._sessions.read(token) if token else None
        except SessionError as error:
            self.count(trail, what)
            raise RefusedError(401, BAD_SESSION, str(error), _CHALLENGE) from error
        if session is None:
            self.count(trail, what)
            message = "log in first: POST /auth/admin/login or /auth/login"
            raise RefusedError(401, NO_SESSION, message, _CHALLENGE)
        trail.user, trail.role = session.user, session.role
        self.count(trail, what)
        return session

    def count(self, trail: Trail, what: str) -> None:
        """Count one more request of ``what`` by whoever is known to ask; refuse one too many."""
        wait_s = self._limit.hit(what, trail.role, trail.user, trail.ip)
        if wait_s:
            raise too_many(wait_s, f"more than {self._most} requests in a minute")


_CHALLENGE = {"WWW-Authenticate": "Bearer"}


def require(session: Session, commands: Collection[str]) -> None:
    """Refuse a session whose role may send none of the commands."""
    if not allowed(session.role) & set(commands):
        wanted = " or ".join(sorted(commands))
        raise RefusedError(403, "role", f"role '{session.role}' may not send {wanted}")


def token_of(request: Request) -> str:
    """Return the token of a request, of the header before that of the cookie, empty without one."""
    header = request.headers.get("authorization", "")
    if header[: len(_BEARER)].lower() == _BEARER:
        return header[len(_BEARER) :].strip()
    return request.cookies.get(COOKIE, "")
