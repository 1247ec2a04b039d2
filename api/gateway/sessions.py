"""Sessions: JSON Web Tokens (RFC 7519) signed with HS256 under a key derived from ADMIN_SECRET.

A token says who somebody is, in which role and until when. It is refused once it has expired or was logged
out, once the key of its role was changed, and with any other algorithm, key, issuer or audience. Which
tokens were logged out is remembered in memory until they expire: after a restart of the API such a token is
good again for the rest of its time, unless the key of its role or ADMIN_SECRET is changed.
"""

from __future__ import annotations

import hmac
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import jwt

from api.gateway.keys import ROLES, Keys

ALGORITHM, ISSUER, AUDIENCE = "HS256", "levibot", "levibot-gateway"
_CLAIMS = ["iss", "aud", "iat", "exp", "jti", "sub", "role", "key"]
_LABEL = b"levibot/gateway/session"


class SessionError(Exception):
    """A token that opens nothing; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who is logged in: until ``expires``, s of the epoch; ``token_id`` is for logging out."""

    user: str
    role: str
    expires: int
    token_id: str


class Sessions:
    """Opens, reads and ends sessions; may be shared by threads. ``clock`` gives seconds of the epoch."""

    def __init__(self, secret: str, keys: Keys, minutes: int, clock: Callable[[], float] = time.time) -> None:
        self._key = hmac.digest(secret.encode(), _LABEL, "sha256")
        self._keys, self._lasts_s, self._clock = keys, minutes * 60, clock
        self._ended: dict[str, int] = {}
        self._lock = threading.Lock()

    @property
    def lasts_s(self) -> int:
        """Return how long a session lasts, seconds."""
        return self._lasts_s

    def open(self, user: str, role: str) -> str:
        """Return the token of a new session."""
        now = int(self._clock())
        claims = {
            "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + self._lasts_s, "jti": uuid.uuid4().hex,
            "sub": user, "role": role, "key": self._keys.mark(role),
        }  # fmt: skip
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)

    def read(self, token: str) -> Session:
        """Return whose session a token is; raises ``SessionError``."""
        try:
            claims = jwt.decode(
                token, self._key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER,
                options={"require": _CLAIMS, "verify_exp": False, "verify_iat": False},
            )  # fmt: skip
        except jwt.InvalidTokenError as error:
            raise SessionError("the session is not one of this gateway; log in") from error
        session = Session(str(claims["sub"]), str(claims["role"]), int(claims["exp"]), str(claims["jti"]))
        self._check(session, str(claims["key"]))
        return session

    def _check(self, session: Session, mark: str) -> None:
        if self._clock() >= session.expires:
            raise SessionError("the session has expired; log in again")
        if session.role not in ROLES or not hmac.compare_digest(mark, self._keys.mark(session.role)):
            raise SessionError("the key of this role was changed; log in with the new one")
        with self._lock:
            if session.token_id in self._ended:
                raise SessionError("the session was logged out; log in again")

    def end(self, session: Session) -> None:
        """Log a session out."""
        now = self._clock()
        with self._lock:
            self._ended = {token: until for token, until in self._ended.items() if until > now}
            self._ended[session.token_id] = session.expires
