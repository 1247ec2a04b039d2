"""Where a shard stands in its inputs: of what it has emitted, never of what it has merely fetched."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from models.journal.entry import GENESIS, NO_CONTROL, Entry


@dataclass(slots=True)
class Position:
    """Cursors of a shard. All count what was emitted downstream; this is what a snapshot holds."""

    t: int = 0  # next tick offset
    c: int = 0  # next control offset
    q: int = 0  # next journal sequence number
    j: int = 0  # journal offset behind the last emitted entry
    g: int = 0  # generation of the last emitted entry

    def passed(self, entry: Entry, offset: int) -> None:
        """Move behind an emitted entry that stands at journal offset ``offset``."""
        assert entry.seq == self.q, f"entry {entry.seq} emitted at {self.q}"
        if entry.kind == GENESIS:
            self.t = entry.after
        assert entry.after == self.t, f"entry after {entry.after} emitted at tick {self.t}"
        self.q, self.j, self.g = entry.seq + 1, offset + 1, entry.gen
        if entry.ctl_offset != NO_CONTROL:
            self.c = entry.ctl_offset + 1

    def snapshot(self) -> dict[str, int]:
        """Return the cursors as plain data."""
        return asdict(self)
