"""Journal entries of the paper account as its inputs, and the other way round for what it takes in itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.kafka.entries import as_input as as_shard_input
from models.inputs import Cause, Genesis, Taken
from models.journal.entry import COMMAND, GENESIS, Entry
from models.journal.fold import JournalError
from models.paper.inputs import ShardBehind
from models.paper.merge import Start

BEHIND, BACK = "shard.behind", "shard.back"


def as_input(entry: Entry) -> Taken | Genesis | ShardBehind:
    """Return what an entry brings into the account; raise ``JournalError`` if its kind is not known."""
    if entry.kind in (BEHIND, BACK):
        return ShardBehind(entry.payload["shard"], entry.kind == BEHIND, Cause(entry.after, entry.seq + 1))
    if entry.kind in (COMMAND, GENESIS):
        one = as_shard_input(entry)
        assert isinstance(one, Taken | Genesis)
        return one
    raise JournalError(f"entry {entry.seq} of the account is of the unknown kind '{entry.kind}'")


def plain(starts: Mapping[str, Start]) -> dict[str, Any]:
    """Return where shards are read from as plain data, for a genesis or a snapshot."""
    return {shard: list(start) for shard, start in starts.items()}


def starts_of(raw: Mapping[str, Any]) -> dict[str, Start]:
    """Return what ``plain`` described."""
    return {shard: Start(*start) for shard, start in raw.items()}
