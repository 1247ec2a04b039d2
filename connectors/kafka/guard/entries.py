"""Journal entries of the guard: its genesis, and looks with the places they go to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from models.guard.inputs import Answered, Began, GuardInput, Look, Told
from models.inputs import Cause
from models.journal.entry import GENESIS, Entry
from models.journal.fold import JournalError

LOOK = "look"
AFTER = 1
"""Where all entries lie: the guard has no log of its own besides its journal."""

Take = Callable[[Mapping[str, int]], tuple[Told, ...]]


def genesis(at: int, starts: Mapping[str, int], fingerprint: str) -> dict[str, Any]:
    """Return the payload of a genesis: the time on the clock and where each partition is read from."""
    return {"fingerprint": fingerprint, "at": at, "from": dict(starts)}


def look(at: int, ends: Mapping[str, int], api: Answered, read: Iterable[int]) -> dict[str, Any]:
    """Return the payload of a look: the clock, where it ends in each partition, what the API answered.

    ``read`` are the shards whose progress it reads to the end.
    """
    return {"at": at, "to": dict(ends), "api": list(api), "read": sorted(read)}


def as_input(entry: Entry, take: Take) -> GuardInput:
    """Return what an entry brings in; ``take`` hands out the records of a look."""
    cause = Cause(AFTER, entry.seq + 1)
    if entry.kind == LOOK:
        payload = entry.payload
        read = frozenset(payload["read"])
        return Look(payload["at"], Answered(*payload["api"]), take(payload["to"]), cause, read)
    if entry.kind == GENESIS:
        return Began(entry.payload["at"], entry.payload.get("ordinals", {}), cause)
    raise JournalError(f"entry {entry.seq} of the guard is of the unknown kind '{entry.kind}'")
