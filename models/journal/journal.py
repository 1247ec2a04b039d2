"""The writing side of a shard's journal: propose, hold until acknowledged, emit in order.

No input or output happens here: the owner produces what :meth:`Journal.propose` returns and reports the
acknowledgements.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from models.journal.entry import GENESIS, NO_CONTROL, Entry
from models.journal.fold import JournalError
from models.journal.position import Position


class Journal:
    """Entries of one shard that are in flight or pending re-injection, and the barrier before new ones.

    ``pending`` holds folded entries of earlier processes behind the position, with their journal offsets;
    ``fence`` is the offset of this process's own ``open``.
    """

    def __init__(
        self, position: Position, gen: int, fence: int, *, pending: list[tuple[int, Entry]], barrier: int = 0
    ) -> None:
        self.position = position
        self.gen = gen
        self.barrier = barrier
        self._pending = deque(pending)
        self._in_flight: deque[Entry] = deque()
        self._acked: dict[int, int] = {}
        self._next_offset = fence + 1
        if pending and pending[0][1].after < position.t:
            raise JournalError(
                f"journal entry {pending[0][1].seq} lies before tick {pending[0][1].after}, but the shard "
                f"already stands at {position.t}; this snapshot is not of this journal: levibot recover"
            )

    @property
    def holding(self) -> bool:
        """Return whether an entry is in flight, so that the shard must emit nothing."""
        return bool(self._in_flight)

    @property
    def replaying(self) -> bool:
        """Return whether entries of earlier processes are still to be re-injected."""
        return bool(self._pending)

    @property
    def first_pending(self) -> Entry | None:
        """Return the next entry to be re-injected."""
        return self._pending[0][1] if self._pending else None

    @property
    def pending(self) -> list[Entry]:
        """Return all entries to be re-injected."""
        return [entry for _, entry in self._pending]

    @property
    def live(self) -> bool:
        """Return whether new entries may be proposed: nothing pending, and not before the barrier."""
        return not self._pending and self.position.t >= self.barrier

    @property
    def next_offset(self) -> int:
        """Return the journal offset behind everything this process knows of."""
        return self._next_offset

    def limit(self) -> int | None:
        """Return the tick offset to stop at: the next pending entry's place or the barrier; None for none."""
        if self._pending:
            return self._pending[0][1].after
        return self.barrier if self.position.t < self.barrier else None

    def reinjected(self, most: int | None = None) -> list[Entry]:
        """Return the pending entries that are due at the present tick, at most so many; move behind them."""
        due: list[Entry] = []
        while self._pending and self._due(self._pending[0][1]) and len(due) != most:
            offset, entry = self._pending.popleft()
            self.position.passed(entry, offset)
            due.append(entry)
        return due

    def _due(self, entry: Entry) -> bool:
        return entry.kind == GENESIS or entry.after == self.position.t

    def propose(self, kind: str, payload: Mapping[str, Any], ctl_offset: int = NO_CONTROL) -> Entry:
        """Return a new entry for the present tick, to be produced; the shard holds until it is emitted."""
        assert self.live, "proposed before the barrier or in front of pending entries"
        seq = self.position.q + len(self._in_flight)
        entry = Entry(self.gen, seq, self.position.t, kind, payload, ctl_offset)
        self._in_flight.append(entry)
        return entry

    def acknowledge(self, seq: int, offset: int) -> None:
        """Note that an entry stands in the journal; raise ``JournalError`` if another writer got between."""
        if offset != self._next_offset:
            raise JournalError(
                f"journal entry {seq} was written at offset {offset} instead of {self._next_offset}: "
                "another process writes this shard's journal; stop one of the two"
            )
        self._next_offset += 1
        self._acked[seq] = offset

    def emitted(self) -> list[Entry]:
        """Return the entries in flight, once all are acknowledged, and move behind them; else none."""
        if len(self._acked) < len(self._in_flight):
            return []
        entries = list(self._in_flight)
        for entry in entries:
            self.position.passed(entry, self._acked[entry.seq])
        self._in_flight.clear()
        self._acked.clear()
        return entries
