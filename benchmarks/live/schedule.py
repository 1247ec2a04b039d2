"""An open-loop market: when each tick is due and which record of the topic it becomes, by arithmetic alone.

The symbols take turns, evenly in time. A tick's due time is also its event time, so the first tick of a
symbol that is due in a new second closes the second before it.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.spec import SECOND

SYMBOLS = 20


@dataclass(frozen=True, slots=True)
class Schedule:
    """Ticks 0, 1, 2, … of a topic that was empty before; all times in ns since the epoch.

    ``rate`` is in ticks a second, all symbols together. No partition is without a symbol.
    """

    start_ns: int
    rate: int
    partitions: int
    symbols: int = SYMBOLS

    def due(self, tick: int) -> int:
        """Return when a tick is due."""
        return self.start_ns + tick * SECOND // self.rate

    def symbol(self, tick: int) -> int:
        """Return the number of the symbol that trades."""
        return tick % self.symbols

    def partition(self, tick: int) -> int:
        """Return the partition of a tick, which is that of its symbol."""
        return self.symbol(tick) % self.partitions

    def due_of(self, partition: int, offset: int) -> int:
        """Return when the tick was due that is record ``offset`` of a partition."""
        members = range(partition, self.symbols, self.partitions)
        turn, place = divmod(offset, len(members))
        return self.due(turn * self.symbols + members[place])

    def ends(self, ticks: int) -> list[int]:
        """Return how many of the first ticks are in each partition."""
        turns, more = divmod(ticks, self.symbols)
        members = [range(p, self.symbols, self.partitions) for p in range(self.partitions)]
        return [turns * len(own) + sum(symbol < more for symbol in own) for own in members]

    def closings(self, after_s: float, before_s: float) -> list[int]:
        """Return the ends of the seconds that close so long after the start, for every symbol in time."""
        first, last = (self.start_ns + int(s * SECOND) for s in (after_s, before_s))
        turn = self.due(self.symbols) - self.start_ns
        return list(range(-(-first // SECOND) * SECOND, last - turn + 1, SECOND))
