"""Closed seconds of all shards, in an order that does not depend on which shard's records arrive first.

A second comes once every shard that counts has closed it. A shard that stopped is left out from a journalled
place on, and what it publishes afterwards comes late, at another journalled place; so the result is a
function of the shards' logs and of the journal.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from models.inputs import Cause
from models.journal.position import Position
from models.paper.inputs import Frame, Quote, Second

NEVER = -(2**62)


class MergeError(RuntimeError):
    """A shard's signals are not what its own count says; going on would lose some of them."""


class Start(NamedTuple):
    """Where a shard's records are to be read from, and what is known of it there."""

    given: int  # its seconds below this were handed on
    behind: bool
    signals: int  # offset of the first signal that is not handed on
    ordinal: int | None  # of that signal, None where only reading tells
    progress: int  # offset of the newest progress that counts


class Row(NamedTuple):
    """A signal that waits for its second."""

    quote: Quote
    ordinal: int
    offset: int


@dataclass(slots=True)
class Line:
    """What has been read of one shard."""

    given: int
    behind: bool
    offset: int  # behind the newest signal
    ordinal: int | None
    progress: int
    closed: int = NEVER  # every second below it is there
    left_at: int = NEVER  # what was closed when it was left out last
    announced: deque[tuple[int, int, int]] = field(default_factory=deque)  # offset, second, signals by then
    rows: dict[int, list[Row]] = field(default_factory=dict)

    def settle(self) -> None:
        """Count the progress whose signals are all there."""
        while self.announced and self.ordinal is not None and self.announced[0][2] <= self.ordinal:
            self.progress, self.closed, _ = self.announced.popleft()

    def start(self) -> Start:
        """Return from where everything that is not handed on can be read again."""
        first = min((rows[0] for rows in self.rows.values()), key=lambda row: row.ordinal, default=None)
        offset, ordinal = (first.offset, first.ordinal) if first else (self.offset, self.ordinal)
        return Start(self.given, self.behind, offset, ordinal, self.progress)

    def frames(self, shard: str, second: int) -> Iterable[Frame]:
        """Yield what is to be handed on with a second, what is late first."""
        for due in sorted(s for s in self.rows if s <= second):
            yield Frame(shard, due, tuple(row.quote for row in self.rows.pop(due)), late=due < second)
        self.given = second + 1


class Merge:
    """Lines up the shards; whoever reads them tells what came, in the order of each log."""

    def __init__(self, starts: Mapping[str, Start]) -> None:
        self._lines = {
            shard: Line(s.given, s.behind, s.signals, s.ordinal, s.progress)
            for shard, s in sorted(starts.items())
        }

    def starts(self) -> dict[str, Start]:
        """Return where each shard is to be read from again."""
        return {shard: line.start() for shard, line in self._lines.items()}

    def signal(self, shard: str, offset: int, ordinal: int, second: int, quote: Quote) -> None:
        """Take in a signal; raise ``MergeError`` where one before it is missing."""
        line = self._lines[shard]
        if line.ordinal is not None and ordinal != line.ordinal:
            raise MergeError(
                f"signal {line.ordinal} of {shard} is missing: {ordinal} comes in its place; "
                "see levibot verify log"
            )
        line.offset, line.ordinal = offset + 1, ordinal + 1
        if second >= line.given:
            line.rows.setdefault(second, []).append(Row(quote, ordinal, offset))
        line.settle()

    def progress(self, shard: str, offset: int, second: int, signals: int) -> None:
        """Take in that all seconds below ``second`` are closed, with ``signals`` as the next ordinal."""
        line = self._lines[shard]
        line.announced.append((offset, second, signals))
        line.settle()

    def wanted(self, shard: str, second: int, ahead_s: int) -> bool:
        """Return whether a shard is to be read on: it is not so far ahead of ``second`` and the slowest."""
        return self._lines[shard].closed < max(second, self.ready) + ahead_s

    @property
    def ready(self) -> int:
        """Return the second below which all shards that count are there."""
        return min((line.closed for line in self._lines.values() if not line.behind), default=NEVER)

    @property
    def furthest(self) -> int:
        """Return how far the furthest of them is."""
        return max((line.closed for line in self._lines.values() if not line.behind), default=NEVER)

    def waiting_for(self, second: int) -> list[str]:
        """Return the shards that count and have not closed a second."""
        return [name for name, line in self._lines.items() if not line.behind and line.closed <= second]

    def returned(self, second: int) -> list[str]:
        """Return the shards that were left out, went on since, and have closed all seconds before one."""
        return [
            name
            for name, line in self._lines.items()
            if line.behind and line.closed >= second and line.closed > max(line.given, line.left_at)
        ]

    def leave_out(self, shard: str, behind: bool) -> None:
        """Go on without a shard, or have it back from the next second on, with what is late."""
        line = self._lines[shard]
        line.behind = behind
        if behind:
            line.left_at = line.closed

    def next(self, second: int) -> int | None:
        """Return the next second, from ``second`` on, that has anything in it; None while that is not known.

        What is late comes with the first second behind the place where its shard is back.
        """
        due = (min(line.rows) for line in self._lines.values() if line.rows and not line.behind)
        found = max(min(due, default=self.ready), second)
        return found if found < self.ready else None

    def taken(self, position: Position, limit: int | None, most: int) -> list[Second]:
        """Return the seconds that are ready, none from ``limit`` on, and move the position behind them.

        They end once they have about ``most`` quotes.
        """
        found: list[Second] = []
        while most > 0:
            second = self.next(position.t)
            if second is None or (limit is not None and second >= limit):
                break
            found.append(self.take(second, position.q))
            position.t = second + 1
            most -= sum(len(frame.quotes) for frame in found[-1].frames) + 1
        return found

    def take(self, second: int, seq: int) -> Second:
        """Return a second that ``next`` named; ``seq`` is the next journal number."""
        frames = [
            frame
            for shard, line in self._lines.items()
            if not line.behind
            for frame in line.frames(shard, second)
        ]
        return Second(second, tuple(frames), Cause(second + 1, seq))
