"""Whose turn it is to read: of the shards of a process that have something, one a round.

A round of the engine takes what was read through all stages before the next begins. One shard's second is so
published before another's is closed; and in a backlog, where a step has a fixed cost however few rows it
closes, one batch that fills a round is worth more than a small one of each shard. Control is looked at by all
of them in every round.
"""

from __future__ import annotations

from collections import deque


class Turns:
    """Who waits for its turn, in order. While nobody does, all may read until one finds something.

    Which shard reads when shapes speed alone, never the output.
    """

    def __init__(self) -> None:
        self._waiting: deque[str] = deque()
        self._asked: set[str] = set()  # in this round
        self._taken = False

    def may_read(self, shard: str) -> bool:
        """Return whether a shard that is asked for input may read, else it waits for its turn.

        Where one is asked again, a new round has begun.
        """
        if shard in self._asked:
            self._new_round()
        self._asked.add(shard)
        if not self._taken and (not self._waiting or self._waiting[0] == shard):
            return True
        if shard not in self._waiting:
            self._waiting.append(shard)
        return False

    def has_read(self, shard: str, *, something: bool) -> None:
        """Note that a shard has read, and whether it found something."""
        if shard in self._waiting:
            self._waiting.remove(shard)
        self._taken |= something

    def _new_round(self) -> None:
        """Begin a round; a shard that let its turn pass, since it waits for its journal, comes last."""
        if self._waiting and self._waiting[0] not in self._asked:
            self._waiting.rotate(-1)
        self._asked.clear()
        self._taken = False
