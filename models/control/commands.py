"""The control commands: one frozen value each, checked against a schema and a table of roles.

Values are absolute, never deltas; a repeated command is harmless. ``scope`` is ``all``, ``model:NAME`` or
``symbol:NAME``. Each actor numbers its commands in a role with a rising ``n``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.control.arguments import ARGUMENTS, WORD, BadCommandError

__all__ = ["SELECTING", "BadCommandError", "Command", "allowed", "check", "parse"]

SELECTING = ("model.select", "model.promote", "model.rollback")
"""Commands that name the model to score with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command as its sender meant it; ``ts`` is the sender's clock, ns."""

    id: str
    ts: int
    actor: str
    n: int
    role: str
    cmd: str
    scope: str = "all"
    args: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sender(self) -> str:
        """Return who numbers this command: an actor in a role: no key uses up another's numbers."""
        return f"{self.role}:{self.actor}"

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, the form that is signed and journalled."""
        return {
            "id": self.id, "ts": self.ts, "actor": self.actor, "n": self.n, "role": self.role,
            "cmd": self.cmd, "scope": self.scope, "args": dict(self.args),
        }  # fmt: skip


def parse(raw: object) -> Command:
    """Return the command in plain data; raise ``BadCommandError`` where a field is missing or wrong."""
    if not isinstance(raw, dict):
        raise BadCommandError("a command is a JSON object")
    for name, kind in _FIELDS.items():
        if type(raw.get(name)) is not kind:
            raise BadCommandError(f"'{name}' must be {_KIND_NAMES[kind]}")
    command = Command(**{name: raw[name] for name in _FIELDS})
    check(command)
    return command


_FIELDS: dict[str, type] = {
    "id": str, "ts": int, "actor": str, "n": int, "role": str, "cmd": str, "scope": str, "args": dict,
}  # fmt: skip
_KIND_NAMES = {str: "a string", int: "an integer", dict: "an object"}
_SCOPE = re.compile(r"all|(model|symbol):\S{1,80}")


def check(command: Command) -> None:
    """Raise ``BadCommandError`` unless the command is well formed and its role may send it."""
    for name in ("id", "actor"):
        if not WORD.fullmatch(getattr(command, name)):
            raise BadCommandError(f"'{name}' must be 1 to 64 characters without spaces")
    if command.cmd not in ARGUMENTS:
        raise BadCommandError(f"unknown command '{command.cmd}'; known: {', '.join(sorted(ARGUMENTS))}")
    if not _SCOPE.fullmatch(command.scope):
        raise BadCommandError("'scope' must be all, model:NAME or symbol:NAME")
    if command.scope != "all" and command.cmd not in ("kill", "unkill"):
        raise BadCommandError(f"'{command.cmd}' takes the scope all only")
    if command.cmd not in allowed(command.role):
        raise BadCommandError(f"role '{command.role}' may not send '{command.cmd}'")
    ARGUMENTS[command.cmd](command.args)


def allowed(role: str) -> frozenset[str]:
    """Return the commands that a role may send."""
    return _ALLOWED.get(role, frozenset())


_ALLOWED: dict[str, frozenset[str]] = {
    "admin": frozenset(ARGUMENTS),
    "trader": frozenset({"paper.order", "paper.close"}),
    "guard": frozenset({"kill", "halt", "rollback", "rollout", "policy.set", "weights.set", "model.promote"}),
}
