"""HMAC-SHA256 over commands, with one key per role derived from a single secret."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any

from models.control.commands import Command


def role_key(secret: str, role: str) -> bytes:
    """Return the signing key of a role: HMAC-SHA256 of its label under ``ADMIN_SECRET``."""
    return hmac.digest(secret.encode(), f"levibot/control/{role}".encode(), "sha256")


def sign(command: Command, key: bytes) -> str:
    """Return the signature of a command, 64 hex digits over its canonical JSON."""
    return hmac.new(key, canonical(command.as_dict()), "sha256").hexdigest()


def verify(command: Command, signature: str, key: bytes) -> bool:
    """Return whether the signature is that of the command, in constant time."""
    return hmac.compare_digest(sign(command, key).encode(), signature.encode("utf-8", "replace"))


def canonical(plain: Mapping[str, Any]) -> bytes:
    """Return the one JSON text of plain data: sorted keys, no spaces, ASCII."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
