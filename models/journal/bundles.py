"""Which trained models a stretch of a journal needs."""

from __future__ import annotations

from collections.abc import Iterable

from models.desk.news import READY
from models.journal.entry import GENESIS, Entry


def bundles_named(entries: Iterable[Entry]) -> set[str]:
    """Return the references of all bundles that a shard has by these entries."""
    found: set[str] = set()
    for entry in entries:
        if entry.kind == GENESIS:
            found |= set(entry.payload["desk"].get("bundles", ()))
        elif entry.kind == READY:
            found.add(entry.payload["reference"])
    return found
