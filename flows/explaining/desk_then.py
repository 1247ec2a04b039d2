"""The desk in force at one place of a shard's journal.

Rebuilt from the newest genesis before it and what was taken in since. Where the genesis is gone by retention,
the desk that the shard shows now is as good, if nothing has changed it since.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from connectors.codecs.wire import decode_entry
from connectors.kafka.entries import as_input
from connectors.kafka.reading import ends, read_range
from connectors.kafka.topics import JOURNAL, output, shards
from connectors.redis.reader import RedisDownError, ViewReader
from connectors.settings import Settings
from flows.explaining.errors import ExplainError
from flows.explaining.partition_log import Client, Told
from models.desk.desk import Desk, take_in
from models.desk.news import take_news
from models.inputs import Genesis, ModelNews, Taken
from models.journal.entry import BEAT, GENESIS, Entry
from models.journal.fold import Fold

GONE = "the desk of that time is not known any more: the journal's beginning is gone by retention"


def desk_at(
    settings: Settings, client: Client, partition: int, seq: int, models: tuple[str, ...], told: Told
) -> Desk:
    """Return the desk behind the entries below ``seq``; ``models`` are those that can be selected.

    Raises ``ExplainError`` where it is not known any more.
    """
    entries = _entries(settings, client, partition, told)
    desk = behind([entry for entry in entries if entry.seq < seq], models)
    if desk is None:
        [key] = [shard.key for shard in shards(settings) if shard.number == partition]
        desk = shown_now(settings.redis_url, key, [entry for entry in entries if entry.seq >= seq])
    return desk


def behind(entries: Sequence[Entry], models: tuple[str, ...]) -> Desk | None:
    """Return the desk behind folded entries, None where no genesis is among them."""
    starts = [place for place, entry in enumerate(entries) if entry.kind == GENESIS]
    if not starts:
        return None
    desk = Desk()
    for entry in entries[starts[-1] :]:
        desk = _behind(desk, entry, models)
    return desk


def shown_now(redis_url: str, key: str, since: Sequence[Entry]) -> Desk:
    """Return the desk that a shard shows, if no entry since may have changed it; raise ``ExplainError``."""
    if since:
        raise ExplainError(f"{GONE}; commands taken in since: {len(since)}")
    with closing(ViewReader(redis_url, timeout_s=2.0)) as reader:
        try:
            head = reader.heads().get(key, {})
        except RedisDownError as error:
            raise ExplainError(f"{GONE}, and Redis does not show the desk: {error}") from error
    if "desk" not in head:
        raise ExplainError(f"{GONE}, and shard {key} does not run")
    return Desk.from_dict(head["desk"])


def _entries(settings: Settings, client: Client, partition: int, told: Told) -> list[Entry]:
    """Return what counts of a shard's journal but its beats, which change no desk."""
    topic = output(JOURNAL, settings)
    low, high = ends(client, topic, partition)
    fold, found = None, []
    for message in read_range(client, topic, partition, low, high):
        told(1)
        entry = decode_entry(message.value())
        fold = fold or (Fold() if low == 0 else Fold(entry.gen, None))
        if fold.take(entry) and entry.kind != BEAT:
            found.append(entry)
    return found


def _behind(desk: Desk, entry: Entry, models: tuple[str, ...]) -> Desk:
    taken = as_input(entry)
    if isinstance(taken, Genesis):
        return taken.desk
    if isinstance(taken, Taken):
        return take_in(desk, taken.command, models)[0]
    return take_news(desk, taken.news) if isinstance(taken, ModelNews) else desk
