"""The fold: which entries of a journal count. Used by recovery, replay, ``--wait`` and every other reader.

A process that starts writes ``open`` with a generation above all before it. From there on, entries of
lower generations are late appends of dead processes: void. A raw reader would count them.
"""

from __future__ import annotations

from models.journal.entry import GENESIS, OPEN, Entry


class JournalError(RuntimeError):
    """The journal contradicts itself; starting would publish other records than before."""


class Fold:
    """Follows a journal in log order, from its beginning, from a snapshot's position, or from its tail.

    A reader of the tail gives the highest generation it saw and no ``seq``: the first entry that counts
    then says where the journal stands.
    """

    def __init__(self, gen: int = 0, seq: int | None = 0) -> None:
        self.gen = gen
        self.seq = seq

    def take(self, entry: Entry) -> bool:
        """Return whether the entry counts; raise ``JournalError`` where one is missing before it."""
        if entry.kind == OPEN:
            self.gen = max(self.gen, entry.gen)
            return False
        if entry.gen < self.gen:
            return False
        if self.seq is None or (entry.kind == GENESIS and entry.seq > self.seq):
            self.seq = entry.seq  # behind an accepted gap, numbering goes on where it is known to
        if entry.seq < self.seq:
            return False
        if entry.gen > self.gen or entry.seq > self.seq:
            raise JournalError(
                f"journal entry {entry.seq} of generation {entry.gen} follows {self.seq - 1} of generation "
                f"{self.gen}: entries are missing; restore them or begin anew with --accept-gap"
            )
        self.seq += 1
        return True
