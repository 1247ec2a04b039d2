"""Commands that were sent before: the same id of the same sender, within an hour by the broker's clock.

A function of the control topic alone, so all readers agree as long as it is kept for longer than that. What
is older cannot come again anyway: a command is refused when it is a minute old, and has to be signed anew.
"""

from __future__ import annotations

from collections.abc import Mapping

from models.control.commands import Command
from models.control.verdict import Refusal

REMEMBERED_NS = 3_600 * 1_000_000_000


class Repeats:
    """The ids of the accepted commands of the last hour."""

    def __init__(self, saved: Mapping[str, int] | None = None) -> None:
        self._sent = dict(saved or {})  # broker's ns, by sender and id, oldest first

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._sent)

    def snapshot(self) -> dict[str, int]:
        """Return its state, which the constructor takes back."""
        return dict(self._sent)

    def take(self, command: Command, ts: int) -> Refusal | None:
        """Remember an accepted command, ``ts`` the broker's time of it in ns; return why it is a repeat."""
        self._forget(ts - REMEMBERED_NS)
        key = f"{command.sender} {command.id}"  # neither holds a blank
        if key in self._sent:
            return Refusal(f"repeat: actor '{command.actor}' has already sent '{command.id}'")
        self._sent[key] = ts
        return None

    def _forget(self, before: int) -> None:
        while self._sent:
            key = next(iter(self._sent))
            if self._sent[key] >= before:
                return
            del self._sent[key]
