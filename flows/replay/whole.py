"""A whole recorded run replayed and compared: every shard, and then the paper account over what they gave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import polars as pl

from connectors.kafka.topics import ACCOUNT_SHARD
from connectors.recording.compare import Comparison, Pair
from connectors.recording.errors import RecordingError
from connectors.recording.manifest import RecordedAccount, RecordedLine, Recording, account_spec_of
from connectors.recording.parts import read_parts
from connectors.recording.rows import JOURNAL, LINES, OUTPUTS, Schema, entries, outputs, replayed
from connectors.recording.window import since
from flows.replay.account import Past, account_records
from flows.replay.found import first_difference
from flows.replay.running import compare
from models.judge.records import PROGRESS, SIGNALS, Shard
from models.paper.account import TOPICS
from models.paper.merge import MergeError

Told = Callable[[int], None]
Found = dict[tuple[Shard, str], Comparison]


class _Numbered(msgspec.Struct):
    ordinal: int


_ordinal = msgspec.json.Decoder(_Numbered)


def compare_whole(
    folder: Path,
    recording: Recording,
    told: Told,
    *,
    since_ms: int | None = None,
    pairs: Mapping[str, Pair] | None = None,
) -> Found:
    """Replay shards and account, and hold every record against the recorded one; by writer and topic.

    The account is computed of the replayed signals, so that what a difference of theirs costs is seen.
    Arguments and errors are those of ``flows.replay.running.compare``.
    """
    account = recording.account
    with ExitStack() as stack:
        spool = Path(stack.enter_context(TemporaryDirectory(prefix="levibot-replay-"))) if account else None
        found = compare(folder, recording, told, since_ms=since_ms, pairs=pairs, spool=spool)
        if account is not None and spool is not None:
            found |= _Account(folder, recording, account, spool).compare(found, since_ms, pairs or {})
    return found


class _Account:
    """The recorded account, and the signals and progress that a replay wrote into ``spool``."""

    def __init__(self, folder: Path, recording: Recording, account: RecordedAccount, spool: Path) -> None:
        self._folder = folder
        self._recording = recording
        self._account = account
        self._spool = spool

    def compare(self, hot: Found, since_ms: int | None, pairs: Mapping[str, Pair]) -> Found:
        """Compute the account's records and hold them against the recorded ones."""
        found = {topic: self._recorded(topic, since_ms, pairs.get(topic)) for topic in TOPICS}
        journal = list(entries(self._read(self._account.stem("journal"), JOURNAL, self._account.journal)))
        shards = {shard: self._past(shard, line) for shard, line in self._account.lines.items()}
        try:
            for one in account_records(shards, journal, account_spec_of(self._account, self._recording)):
                found[one.topic].put(replayed(one, ACCOUNT_SHARD.number))
        except MergeError as error:
            # where the shards' own records differ, that is the reason, and it is told
            if first_difference(hot) is None:
                raise RecordingError(f"the account cannot be computed: {error}") from error
        for comparison in found.values():
            comparison.close()
        return {(ACCOUNT_SHARD, topic): comparison for topic, comparison in found.items()}

    def _recorded(self, topic: str, since_ms: int | None, pair: Pair | None) -> Comparison:
        rows = self._account.outputs.get(topic, 0)
        frames = self._read(self._account.stem(f"outputs-{topic}"), OUTPUTS, rows)
        return Comparison(outputs(since(frames, since_ms)), pair)

    def _past(self, shard: str, line: RecordedLine) -> Past:
        return Past(
            self._values(shard, line, SIGNALS, line.signals),
            self._values(shard, line, PROGRESS, line.progress),
        )

    def _values(self, shard: str, line: RecordedLine, topic: str, rows: int) -> Iterator[tuple[int, bytes]]:
        """Yield what the account reads of a shard: the replayed record in the place of each recorded one.

        What a shard published before its newest genesis is not replayed, and stays as it is.
        """
        base = self._base(shard, topic)
        again = outputs(read_parts(self._spool, f"replayed-{topic}-{line.number:04d}", OUTPUTS))
        for frame in self._read(line.stem(topic), LINES, rows):
            for offset, value in frame.iter_rows():
                ordinal = _ordinal.decode(value).ordinal
                if ordinal < base:
                    yield offset, value
                    continue
                one = next((one for one in again if one.ordinal >= ordinal), None)
                if one is None or one.value is None:
                    return
                yield offset, one.value

    def _base(self, shard: str, topic: str) -> int:
        """Return the first ordinal of a shard's newest history."""
        recorded = next(one for one in self._recording.shards if one.shard.key == shard)
        journal = entries(self._read(recorded.stem("journal"), JOURNAL, recorded.journal))
        genesis = next(journal, None)
        return int(genesis.payload.get("ordinals", {}).get(topic, 0)) if genesis else 0

    def _read(self, stem: str, schema: Schema, rows: int) -> Iterator[pl.DataFrame]:
        return read_parts(self._folder, stem, schema, rows)
