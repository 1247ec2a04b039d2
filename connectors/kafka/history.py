"""Whether what is left of a shard's history can be gone on with, and how to begin anew where it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.codecs.wire import Place
from connectors.kafka.journal_log import Fenced
from models.journal.entry import GENESIS, Entry
from models.journal.fold import Fold, JournalError
from models.journal.journal import Journal
from models.journal.position import Position


class GapError(RuntimeError):
    """Part of a shard's history is gone; the message says which."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is there of a shard at start."""

    fenced: Fenced
    low: int  # the first tick still kept
    high: int  # the end of the tick log
    published: Mapping[str, Place]  # last record by topic

    @property
    def barrier(self) -> int:
        """Return the tick up to which records were published."""
        return max([0, *(place.offset for place in self.published.values())])


def resume(position: Position, found: Found) -> Journal:
    """Return the journal to go on with from a position, which moves to the newest genesis behind it.

    Raises ``GapError`` where anything that is needed is gone.
    """
    pending = _folded(position, found.fenced)
    if not pending and position.q == 0 and found.published:
        raise GapError("there are published records but no journal")
    if found.published and found.barrier == 0:
        raise GapError("all published records are gone by retention")
    if position.t < found.low and (pending or position.q):
        raise GapError(f"ticks from {position.t} to {found.low - 1} are gone by retention")
    if position.t > found.high:
        raise GapError(f"the tick log ends at {found.high}, but {position.t} ticks were taken in before")
    try:
        return Journal(
            position, found.fenced.gen, found.fenced.offset, pending=pending, barrier=found.barrier
        )
    except JournalError as error:
        raise GapError(str(error)) from error


def begin_anew(found: Found, control_end: int) -> Journal:
    """Return a journal at the first tick that is both kept and behind everything published.

    What was numbered before stays numbered: sequence and generation go on.
    """
    seqs = [entry.seq for _, entry in found.fenced.entries] + [p.seq - 1 for p in found.published.values()]
    position = Position(
        t=min(max(found.low, found.barrier), found.high),
        c=control_end,
        q=max([-1, *seqs]) + 1,
        j=found.fenced.offset + 1,
        g=found.fenced.gen,
    )
    return Journal(position, found.fenced.gen, found.fenced.offset, pending=[])


def _folded(position: Position, fenced: Fenced) -> list[tuple[int, Entry]]:
    whole = fenced.low <= position.j
    if fenced.offset < position.j:
        raise GapError(f"the journal ends at {fenced.offset}, but {position.j} records were known before")
    # where the beginning is gone, a genesis further on is a beginning too
    oldest = fenced.entries[0][1].gen if fenced.entries else fenced.gen
    fold = Fold(position.g, position.q) if whole else Fold(oldest, None)
    try:
        pending = [(offset, entry) for offset, entry in fenced.entries if fold.take(entry)]
    except JournalError as error:
        raise GapError(str(error)) from error
    pending = _from_newest_genesis(position, pending)
    if not whole and (not pending or pending[0][1].kind != GENESIS):
        raise GapError(f"journal entries from {position.j} to {fenced.low - 1} are gone by retention")
    return pending


def _from_newest_genesis(position: Position, pending: list[tuple[int, Entry]]) -> list[tuple[int, Entry]]:
    """Leave out what lies before the newest genesis, and put the position right in front of it."""
    starts = [i for i, (_, entry) in enumerate(pending) if entry.kind == GENESIS]
    if not starts:
        return pending
    offset, genesis = pending[starts[-1]]
    position.t, position.c, position.q = genesis.after, 0, genesis.seq
    position.j, position.g = offset, genesis.gen
    return pending[starts[-1] :]
