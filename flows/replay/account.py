"""The paper account once more: recorded signals, progress and journal give the records that it published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from connectors.codecs.signal import read_progress, read_signal
from connectors.codecs.wire import Encoded, encode
from connectors.kafka.paper.entries import as_input, starts_of
from connectors.kafka.paper.lines import AHEAD_S, CHUNK
from connectors.kafka.paper.source import QUOTES
from models.journal.entry import Entry
from models.journal.journal import Journal
from models.journal.position import Position
from models.paper.account import Account
from models.paper.inputs import AccountInput, ShardBehind
from models.paper.merge import Merge
from models.paper.spec import PaperSpec

Records = Iterable[tuple[int, bytes]]
"""Offsets and values of one partition, in order."""


class Past(NamedTuple):
    """What one shard published."""

    signals: Records
    progress: Records


def account_records(
    shards: Mapping[str, Past], entries: Sequence[Entry], spec: PaperSpec
) -> Iterator[Encoded]:
    """Yield everything the account publishes of what shards published and of its own folded journal."""
    account = Account(spec)
    for one in _inputs(shards, entries):
        for booked in account.step([one]):
            yield from map(encode, booked.records)


def _inputs(shards: Mapping[str, Past], entries: Sequence[Entry]) -> Iterator[AccountInput]:
    starts = starts_of(entries[0].payload["lines"])
    merge = Merge(starts)
    lines = {shard: _Line(merge, shard, past) for shard, past in shards.items()}
    journal = Journal(Position(t=entries[0].after), 0, 0, pending=list(enumerate(entries)))
    while True:
        for entry in journal.reinjected():
            one = as_input(entry)
            if isinstance(one, ShardBehind):
                merge.leave_out(one.shard, one.behind)
            yield one
        read = [line.read(journal.position.t) for line in lines.values()]
        seconds = merge.taken(journal.position, journal.limit(), QUOTES)
        yield from seconds
        if not seconds and not any(read) and not _due(journal):
            return


def _due(journal: Journal) -> bool:
    first = journal.first_pending
    return first is not None and first.after == journal.position.t


class _Line:
    def __init__(self, merge: Merge, shard: str, past: Past) -> None:
        self._merge = merge
        self._shard = shard
        start = merge.starts()[shard]
        self._signals = ((o, v) for o, v in past.signals if o >= start.signals)
        self._progress = ((o, v) for o, v in past.progress if o >= start.progress)

    def read(self, second: int) -> bool:
        """Take in some more, if the shard is not too far ahead; return whether there was any."""
        if not self._merge.wanted(self._shard, second, AHEAD_S):
            return False
        came = False
        for offset, value in _some(self._signals):
            ordinal, of, quote = read_signal(value)
            self._merge.signal(self._shard, offset, ordinal, of, quote)
            came = True
        for offset, value in _some(self._progress):
            progress = read_progress(value)
            self._merge.progress(self._shard, offset, progress.second, progress.signals)
            came = True
        return came


def _some(records: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    for _ in range(CHUNK):
        record = next(records, None)
        if record is None:
            return
        yield record
