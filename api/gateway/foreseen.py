"""What the shards will refuse, by the desks they show: told at once, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.gateway.refused import RefusedError
from connectors.redis.reader import RedisDownError, ViewReader
from models.control.commands import Command
from models.desk.challenger import why_not
from models.desk.desk import Desk

Heads = Mapping[str, Mapping[str, Any]]


def check_taken_by_all(reader: ViewReader, command: Command) -> None:
    """Raise ``RefusedError`` (409) where a desk that is shown cannot take a command.

    Without a view nothing is foreseen, and the command goes its way: a kill must not wait for Redis.
    """
    try:
        check(reader.heads(), command)
    except RedisDownError:
        return


def check(heads: Heads, command: Command) -> None:
    """Raise ``RefusedError`` with the shards that would refuse a command, and why."""
    found = {
        key: why_not(Desk.from_dict(head["desk"]), command) for key, head in heads.items() if head.get("desk")
    }
    shards = sorted(key for key, reason in found.items() if reason)
    if shards:
        message = f"{found[shards[0]]}; nothing was sent"
        raise RefusedError(409, "not_taken", message, ok=False, id=command.id, shards=shards)
