"""Whose turn it is to read while several shards of a process work off backlogs: one of them a round.

A step of the stages has a fixed cost, however few rows it closes, so one batch that fills a round is worth
more than a small one of each shard. Control is looked at by all of them in every round.
"""

from __future__ import annotations

from collections import deque


class Turns:
    """The shards that are behind, in a ring. A shard that is not may read whenever it is asked.

    Which shard reads when shapes speed alone, never the output.
    """

    def __init__(self) -> None:
        self._ring: deque[str] = deque()
        self._reader: str | None = None  # of the ring, until it is asked again
        self._refused: set[str] = set()  # since somebody of the ring read

    def may_read(self, shard: str) -> bool:
        """Return whether a shard that is asked for input may read.

        When the last reader is asked again its batch is worked off. Who is refused twice has seen a whole
        round pass without it, or without the one whose turn it is: they wait for their journals.
        """
        if shard == self._reader:
            self._reader = None
            self._refused.clear()
        if shard in self._refused:
            self._pass()
        if shard not in self._ring or (self._reader is None and self._ring[0] == shard):
            return True
        self._refused.add(shard)
        return False

    def has_read(self, shard: str, *, behind: bool) -> None:
        """Note that a shard has read; ``behind`` if it got as much as it asked for."""
        if shard in self._ring:
            self._ring.remove(shard)
            self._reader = shard
            self._refused.clear()
        if behind:
            self._ring.append(shard)

    def _pass(self) -> None:
        self._refused.clear()
        if self._reader is None:
            self._ring.rotate(-1)
        self._reader = None
