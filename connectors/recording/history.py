"""Where the recorded part of a shard's journal begins, and which of its entries count from there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from models.journal.entry import GENESIS, OPEN, Entry
from models.journal.fold import Fold


class Begin(NamedTuple):
    """The newest genesis of a shard, and its offset on the journal topic."""

    offset: int
    entry: Entry


def newest_genesis(entries: Iterable[tuple[int, Entry]]) -> Begin | None:
    """Return the newest genesis that is not the late append of a dead process; None where there is none.

    State begins empty at each, so that nothing before the newest matters; entries come with their offsets.
    """
    gen, found = 0, None
    for offset, entry in entries:
        if entry.kind == OPEN:
            gen = max(gen, entry.gen)
        elif entry.kind == GENESIS and entry.gen >= gen:
            found = Begin(offset, entry)
    return found


def folded(entries: Iterable[Entry], genesis: Entry) -> Iterator[Entry]:
    """Yield what counts of a journal that begins with ``genesis``, that one first.

    Raises ``JournalError`` where an entry is missing.
    """
    fold = Fold(genesis.gen, genesis.seq)
    return (entry for entry in entries if fold.take(entry))
