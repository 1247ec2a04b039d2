"""The keys with which people log in: one for each role, compared in constant time."""

from __future__ import annotations

import hmac
from hashlib import sha256

from connectors.settings import Settings

ROLES = ("admin", "trader", "viewer")


class KeysError(ValueError):
    """Two roles have one key; give ADMIN_KEY, TRADER_KEY and VIEWER_KEY different values."""


class Keys:
    """The keys of the settings, kept as digests; a role without a key cannot log in."""

    def __init__(self, settings: Settings) -> None:
        given = {"admin": settings.admin_key, "trader": settings.trader_key, "viewer": settings.viewer_key}
        self._digests = {role: _digest(key.get_secret_value()) for role, key in given.items() if key}
        if len(set(self._digests.values())) < len(self._digests):
            raise KeysError("ADMIN_KEY, TRADER_KEY and VIEWER_KEY must differ: a key tells who somebody is")

    def role_of(self, presented: str) -> str | None:
        """Return whose key it is, None if nobody's; takes as long whichever it is."""
        digest = _digest(presented)
        fits = {role: hmac.compare_digest(digest, known) for role, known in self._digests.items()}
        return next((role for role, fit in fits.items() if fit), None)

    def mark(self, role: str) -> str:
        """Return what changes with a role's key and does not tell it, empty for a role without one."""
        found = self._digests.get(role)
        return sha256(b"levibot/gateway/mark" + found).hexdigest()[:16] if found else ""


def _digest(key: str) -> bytes:
    return sha256(key.encode("utf-8", "surrogatepass")).digest()
