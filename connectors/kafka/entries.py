"""Journal entries as the inputs that they are for the stages."""

from __future__ import annotations

from models.control.commands import parse
from models.desk.desk import Desk
from models.desk.news import KINDS, news_of
from models.inputs import Beat, Cause, Genesis, ModelNews, Taken
from models.journal.entry import BEAT, COMMAND, GENESIS, Entry
from models.journal.fold import JournalError


def as_input(entry: Entry) -> Beat | Taken | Genesis | ModelNews:
    """Return what an entry brings into its shard; raise ``JournalError`` if its kind is not known."""
    cause, payload = Cause(entry.after, entry.seq + 1), entry.payload
    if entry.kind == COMMAND:
        return Taken(parse(payload["command"]), payload["ts"], cause)
    if entry.kind == BEAT:
        return Beat(payload["ts"], cause)
    if entry.kind == GENESIS:
        return Genesis(Desk.from_dict(payload["desk"]), cause, payload.get("ordinals", {}))
    if entry.kind in KINDS:
        return ModelNews(news_of(entry.kind, payload), cause)
    raise JournalError(
        f"journal entry {entry.seq} is of the unknown kind '{entry.kind}': is levibot too old?"
    )
