"""Telling the shards of a promotion: a signed command on the control topic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connectors.kafka.errors import BrokerError
from connectors.settings import Settings
from flows.sending import delivered, new_command

Announce = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Sends a command with its arguments and returns what became of it; raises ``BrokerError``."""


def on_control(config: Settings, wait_s: float | None) -> Announce:
    """Return what sends commands, and waits ``wait_s`` for every shard to take them in."""

    def announce(cmd: str, args: dict[str, Any]) -> dict[str, Any]:
        command = new_command(cmd, args)
        answer = delivered(config, command, wait_s)
        if answer is None:
            return {"id": command.id, "cmd": cmd}
        found, missing = answer
        refused = [ack for ack in found if ack.refusal]
        if refused:
            raise BrokerError(
                f"shard {refused[0].shard.key} refused it ({refused[0].refusal}); the model before stays"
            )
        if missing:
            raise BrokerError(
                f"sent as {command.id}, but {', '.join(shard.key for shard in missing)} did not take it in "
                f"within {wait_s:g} s: is the flow running?"
            )
        ms = max(ack.news_ms or ack.ms for ack in found)
        return {"id": command.id, "cmd": cmd, "shards": len(found), "ms": ms}

    return announce


def on_nothing(cmd: str, args: dict[str, Any]) -> dict[str, Any]:
    """Send nothing: the registry alone changes."""
    return {}
