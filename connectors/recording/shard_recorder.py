"""Recording one shard: from its genesis on, up to its cut or to a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from connectors.codecs.wire import decode_entry
from connectors.kafka.messages import offset_of, timestamp_ms
from connectors.kafka.topics import JOURNAL, output
from connectors.recording.cut import Cut, Range
from connectors.recording.errors import RecordingError
from connectors.recording.history import Begin, folded, newest_genesis
from connectors.recording.manifest import RecordedShard
from connectors.recording.parts import PartWriter
from connectors.recording.reading import Told, place_of, published, records
from connectors.recording.rows import JOURNAL as JOURNAL_ROWS
from connectors.recording.rows import OUTPUTS, TICKS, Tick, entry_row, output_row
from connectors.settings import Settings
from models.journal.entry import Entry
from models.spec import Spec

MS = 1_000_000


class Window(NamedTuple):
    """Which outputs are wanted by their record timestamps: unix ns, None: no bound, ``until`` excluded."""

    since: int | None = None
    until: int | None = None


class ShardRecorder:
    """Writes the tables of one shard into a folder; ``told`` hears of each record that was read."""

    def __init__(self, settings: Settings, spec: Spec, cut: Cut, folder: Path, told: Told) -> None:
        self._settings = settings
        self._spec = spec
        self._cut = cut
        self._folder = folder
        self._told = told
        self._needed = 0  # the ticks before it are causes of recorded outputs

    def record(self, window: Window) -> RecordedShard:
        """Write everything; raise ``RecordingError`` where the log does not reach back to the genesis."""
        shard = RecordedShard(**self._cut.shard._asdict())
        begin = newest_genesis(self._entries(self._cut.journal))
        if begin is None:
            self._check_unborn()
            return shard
        self._check(begin.entry)
        outputs = {topic: self._outputs(topic, begin.entry, window, shard) for topic in self._cut.outputs}
        ticks, end = self._ticks(begin.entry.after, window, shard)
        journal = self._journal(begin, end, shard)
        begins = {"offset": begin.entry.after, "seq": begin.entry.seq}
        return RecordedShard(
            **self._cut.shard._asdict(), begins=begins, ticks=ticks, journal=journal, outputs=outputs
        )

    def _outputs(self, topic: str, genesis: Entry, window: Window, shard: RecordedShard) -> int:
        base = genesis.payload.get("ordinals", {}).get(topic, 0)
        writer = PartWriter(self._folder, shard.stem(f"outputs-{topic}"), OUTPUTS)
        with closing(writer):
            for message in self._read(output(topic, self._settings), shard.number, self._cut.outputs[topic]):
                where, ts = place_of(message), timestamp_ms(message) * MS
                before = where.ordinal < base or (window.since is not None and ts < window.since)
                if not writer.count and before:
                    continue
                if window.until is not None and ts >= window.until:
                    break
                writer.put(output_row(published(topic, shard.number, where.ordinal, message)))
                self._needed = max(self._needed, where.offset)
        return writer.count

    def _ticks(self, start: int, window: Window, shard: RecordedShard) -> tuple[int, int]:
        """Return how many ticks were written, and the offset behind them.

        An upper bound of the outputs ends the ticks too, but not before the last recorded cause.
        """
        writer, end = PartWriter(self._folder, shard.stem("ticks"), TICKS), start
        with closing(writer):
            kept = self._cut.ticks._replace(low=start)
            for message in self._read(shard.topic, shard.partition, kept):
                ms, offset = timestamp_ms(message), offset_of(message)
                if window.until is not None and ms * MS >= window.until and offset >= self._needed:
                    break
                key, value = message.key(), message.value()
                writer.put(Tick(shard.topic, shard.partition, offset, ms, key, value))
                end = offset + 1
        return writer.count, end

    def _journal(self, begin: Begin, end: int, shard: RecordedShard) -> int:
        """Return how many entries were written: those that count, up to the end of the ticks."""
        writer = PartWriter(self._folder, shard.stem("journal"), JOURNAL_ROWS)
        kept = self._cut.journal._replace(low=begin.offset)
        with closing(writer):
            for entry in folded((entry for _, entry in self._entries(kept)), begin.entry):
                if entry.after > end:
                    break
                writer.put(entry_row(entry))
        return writer.count

    def _entries(self, kept: Range) -> Iterator[tuple[int, Entry]]:
        for message in self._read(output(JOURNAL, self._settings), self._cut.shard.number, kept):
            yield offset_of(message), decode_entry(message.value())

    def _read(self, topic: str, partition: int, kept: Range) -> Iterator[Any]:
        return records(self._settings.kafka_bootstrap, topic, partition, kept, self._told)

    def _check_unborn(self) -> None:
        shard, journal = self._cut.shard, self._cut.journal
        if journal.low > 0:
            raise RecordingError(
                f"shard {shard.key}: journal entries before offset {journal.low} are gone by retention, and "
                "with them the genesis: its state cannot be computed any more"
            )
        if any(kept.records for kept in self._cut.outputs.values()):
            raise RecordingError(
                f"shard {shard.key}: there are published records, but no genesis in its journal"
            )

    def _check(self, genesis: Entry) -> None:
        shard, ticks = self._cut.shard, self._cut.ticks
        begun, now = str(genesis.payload.get("fingerprint")), self._spec.fingerprint()
        if begun != now:
            raise RecordingError(
                f"shard {shard.key} was begun under another configuration (spec {begun[:12]}, here "
                f"{now[:12]}); record it with the settings and files of the run"
            )
        if genesis.after < ticks.low:
            raise RecordingError(
                f"shard {shard.key}: it begins at tick {genesis.after}, but ticks from there to "
                f"{ticks.low - 1} are gone by retention: its state cannot be computed any more"
            )
