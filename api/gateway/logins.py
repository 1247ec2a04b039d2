"""Logging in and out, and who one is."""

from __future__ import annotations

import re

from starlette.requests import Request

from api.gateway.audit import Trail
from api.gateway.bodies import Plain, parsed
from api.gateway.door import COOKIE
from api.gateway.gateway import Gateway
from api.gateway.refused import RefusedError, too_many
from api.http.answers import Json
from api.http.caller import is_behind_https
from models.control.commands import allowed

_USER = re.compile(r"[A-Za-z0-9._@-]{1,64}")
_LONGEST_KEY = 1_024


def log_in_admin(gateway: Gateway, request: Request, trail: Trail, raw: bytes) -> Json:
    """Log an administrator in by the key of the body; the session is a cookie that scripts cannot read."""
    token = _open(gateway, trail, raw, "admin")
    answer = Json(_who(trail) | {"ok": True, "expires_in": gateway.sessions.lasts_s})
    answer.set_cookie(
        COOKIE, token, max_age=gateway.sessions.lasts_s, httponly=True, samesite="strict",
        secure=is_behind_https(request),
    )  # fmt: skip
    return answer


def log_in(gateway: Gateway, _: Request, trail: Trail, raw: bytes) -> Json:
    """Log anybody in whose key it is; the session is a token for the header ``Authorization: Bearer``."""
    token = _open(gateway, trail, raw)
    lasts_s = gateway.sessions.lasts_s
    return Json(
        {"access_token": token, "token_type": "bearer", "expires_in": lasts_s, "role": trail.role}
        | {"user": trail.user}
    )


def log_out(gateway: Gateway, request: Request, trail: Trail, raw: bytes) -> Json:
    """End the session, on whatever device, and forget the cookie."""
    parsed(raw)
    gateway.sessions.end(gateway.door.session(request, trail, "session"))
    answer = Json({"ok": True, "message": "Logged out."})
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=is_behind_https(request))
    return answer


def me(gateway: Gateway, request: Request, trail: Trail, _: bytes) -> Json:
    """Tell who is logged in and what that allows."""
    session = gateway.door.session(request, trail, "session")
    return Json(_who(trail) | {"permissions": permissions(session.role), "expires": session.expires})


def permissions(role: str) -> dict[str, bool]:
    """Return what a role may do, under the names of the panel's buttons."""
    may = allowed(role)
    return {
        "canStart": "unkill" in may,
        "canStop": "kill" in may,
        "canOptimize": "model.select" in may,
        "canTrade": "paper.order" in may,
        "canKill": "kill" in may,
    }


def _open(gateway: Gateway, trail: Trail, raw: bytes, only: str = "") -> str:
    """Return the token of a new session; count a failure where the key opens nothing."""
    wait_s = gateway.attempts.wait_s(trail.ip)
    if wait_s:
        raise too_many(wait_s, "too many failed log-ins from this address")
    gateway.door.count(trail, "login")
    body = parsed(raw, "key", "user")
    key = body.get("key")
    trail.hidden.append(str(key))
    if not isinstance(key, str) or not 0 < len(key) <= _LONGEST_KEY:
        raise RefusedError(400, "bad_body", 'say the key: {"key": "..."}')
    role = gateway.keys.role_of(key)
    if role is None or only not in ("", role):
        gateway.attempts.fail(trail.ip)
        raise RefusedError(401, "key", f"this is not the key of {'an administrator' if only else 'any role'}")
    trail.user, trail.role = _named(body, role), role
    return gateway.sessions.open(trail.user, role)


def _named(body: Plain, role: str) -> str:
    name = body.get("user", role)
    if not isinstance(name, str) or not _USER.fullmatch(name):
        raise RefusedError(400, "bad_body", "user must be 1 to 64 of the characters A-Z a-z 0-9 . _ @ -")
    return name


def _who(trail: Trail) -> Plain:
    return {"user": trail.user, "role": trail.role}
