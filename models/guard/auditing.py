"""The audit of control: one body for each record of the control topic, accepted or not, and why not.

Never a signature or a secret: an accepted command is told without its signature, of a refused record only
what ``models.control.said`` lets through.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.control.commands import Command
from models.control.repeats import Repeats
from models.control.said import TEXT, shown
from models.guard.records import AUDIT
from models.judge.records import record_id

Body = dict[str, Any]
EVENT = "command"


class Auditor:
    """Tells what became of each record; remembers numbers and ids, as the desks and the feeds do."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        state = saved or {"numbers": {}, "ids": {}}
        self._numbers: dict[str, int] = dict(state["numbers"])
        self._repeats = Repeats(state["ids"])

    def snapshot(self) -> dict[str, Any]:
        """Return its state, which the constructor takes back."""
        return {"numbers": dict(self._numbers), "ids": self._repeats.snapshot()}

    def step(self, offset: int, ts: int, heard: Mapping[str, Any]) -> Body:
        """Return the audit of the record at an offset; ``ts`` is the broker's time of it, ns.

        ``heard`` is what ``models.control.hearing`` makes of the record.
        """
        if "command" not in heard:
            return refused(offset, ts, heard["refused"], heard["said"])
        command = Command(**heard["command"])
        return accepted(offset, ts, command, self._repeat(command, ts))

    def _repeat(self, command: Command, ts: int) -> str:
        again = self._repeats.take(command, ts)
        if again is not None:
            return again.reason
        if command.n <= self._numbers.get(command.sender, -1):
            return f"repeat: actor '{command.actor}' has already sent number {command.n} or a later one"
        self._numbers[command.sender] = command.n
        return ""


def accepted(offset: int, ts: int, command: Command, repeat: str = "") -> Body:
    """Return the audit of a command with a good signature; a ``repeat`` changes nothing, and says so."""
    return _body(offset, ts, repeat, command.as_dict())


def refused(offset: int, ts: int, reason: str, said: Mapping[str, Any]) -> Body:
    """Return the audit of a record that is no command; what it ``said`` of itself is not to be believed."""
    return _body(offset, ts, shown(reason, (), TEXT) or "refused", said)


def _body(offset: int, ts: int, reason: str, told: Mapping[str, Any]) -> Body:
    return {
        "id": record_id(AUDIT, "", ts, offset),
        "ts": ts,
        "event": EVENT,
        "offset": offset,
        "accepted": not reason,
        "reason": reason,
        "command_id": told.get("id", ""),
        "actor": told.get("actor", ""),
        "role": told.get("role", ""),
        "cmd": told.get("cmd", ""),
        "scope": told.get("scope", ""),
        "args": dict(told.get("args", {})),
        "n": told.get("n"),
    }
