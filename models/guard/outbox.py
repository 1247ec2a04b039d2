"""The guard's own commands: numbered, followed until every shard has them, given again where lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from models.control.commands import Command
from models.spec import SECOND

ACTOR, ROLE = "guard", "guard"
SENDER = f"{ROLE}:{ACTOR}"
AGAIN_AFTER_NS = 90 * SECOND
"""Longer than a command is fresh: what has not been taken in by then was refused or lost."""
MOST_TRIES = 5


class Order(NamedTuple):
    """A command under way."""

    command: Command
    tries: int
    offsets: Mapping[str, int]  # by shard number, the tick before which it took the command in


class Outbox:
    """Commands that not every shard has taken in; state is plain data."""

    def __init__(self, saved: Mapping[str, Any] | None = None) -> None:
        saved = saved or {}
        self._last: int = saved.get("last", 0)
        self._under_way = [
            Order(Command(**plain), tries, offsets) for plain, tries, offsets in saved.get("orders", [])
        ]

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain data."""
        orders = [[o.command.as_dict(), o.tries, dict(o.offsets)] for o in self._under_way]
        return {"last": self._last, "orders": orders}

    def order(
        self, at: int, cmd: str, args: Mapping[str, Any], scope: str = "all", tries: int = 1
    ) -> Command:
        """Return a new command of the guard's; its number rises with the clock, which outlives its state."""
        self._last = max(self._last + 1, at)
        command = Command(
            id=f"guard-{self._last}", ts=at, actor=ACTOR, n=self._last, role=ROLE, cmd=cmd, scope=scope,
            args=args,
        )  # fmt: skip
        self._under_way.append(Order(command, tries, {}))
        return command

    def taken_in(self, command: str, partition: int, after: int, shards: Sequence[int]) -> Order | None:
        """Note that a shard has a command; return the order once all of ``shards`` have it."""
        for place, order in enumerate(self._under_way):
            if order.command.id == command:
                known = order._replace(offsets={**order.offsets, str(partition): after})
                self._under_way[place] = known
                whole = all(str(number) in known.offsets for number in shards)
                return self._under_way.pop(place) if whole else None
        return None

    def again(self, at: int) -> list[Command]:
        """Return, as new commands, those that no shard has taken in for too long, up to some tries."""
        late = [o for o in self._under_way if at - o.command.ts > AGAIN_AFTER_NS]
        self._under_way = [o for o in self._under_way if o not in late]
        return [
            self.order(at, o.command.cmd, o.command.args, o.command.scope, o.tries + 1)
            for o in late
            if not o.offsets and o.tries < MOST_TRIES
        ]
