"""Whether a record of the control topic is a command to be taken in: shape, role, signature, freshness.

Judged before journalling, against the record's broker timestamp, so that all shards agree. The actor's
number ``n`` is judged by the desk, in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.control.commands import BadCommandError, Command, parse
from models.control.signature import role_key, verify

FRESH_NS = 60_000_000_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that is no command; ``reason`` is for people."""

    reason: str


def judge(raw: Any, broker_ts: int, secret: str | None) -> Command | Refusal:
    """Return the command in a decoded control record, or why it is refused.

    ``raw`` is the decoded JSON (None where it was not JSON), ``broker_ts`` the record's timestamp in ns,
    ``secret`` the value of ``ADMIN_SECRET``; without one, every command is refused.
    """
    try:
        command = parse(raw)
    except BadCommandError as error:
        return Refusal(str(error))
    if not secret:
        return Refusal("this flow has no ADMIN_SECRET; set it to take commands")
    signature = raw.get("sig")
    if not isinstance(signature, str) or not verify(command, signature, role_key(secret, command.role)):
        return Refusal(f"the signature does not match role '{command.role}' under this ADMIN_SECRET")
    if abs(command.ts - broker_ts) > FRESH_NS:
        return Refusal("the command's ts is over 60 s from the broker's clock; check the sender's clock")
    return command
