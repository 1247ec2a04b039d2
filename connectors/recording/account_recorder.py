"""Recording the paper account: what it published, its journal, and what it read of every shard.

The account begins with nothing at its genesis, and so is recorded from there on, whatever the window of its
outputs: its own journal, and signals and progress of each shard from where the account began to read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from connectors.codecs.wire import decode_entry
from connectors.kafka.messages import offset_of, timestamp_ms
from connectors.kafka.paper.entries import starts_of
from connectors.kafka.topics import ACCOUNT_JOURNAL, ACCOUNT_SHARD, account_output, existing, output
from connectors.recording.cut import Cut, Range, ranges
from connectors.recording.errors import RecordingError
from connectors.recording.history import Begin, folded, newest_genesis
from connectors.recording.manifest import RecordedAccount, RecordedLine
from connectors.recording.parts import PartWriter
from connectors.recording.reading import Told, place_of, published, records
from connectors.recording.rows import JOURNAL, LINES, OUTPUTS, entry_row, output_row
from connectors.recording.shard_recorder import MS, Window
from connectors.settings import Settings
from models.journal.entry import Entry
from models.judge.records import PROGRESS, SIGNALS
from models.paper.account import TOPICS
from models.paper.merge import Start
from models.paper.spec import PaperSpec

NUMBER = ACCOUNT_SHARD.number


@dataclass(frozen=True, slots=True)
class AccountCut:
    """What is there of the account, by topic; ends are asked for outputs first, as of a shard."""

    outputs: Mapping[str, Range]
    journal: Range

    @property
    def records(self) -> int:
        """Return how many are to be read at most; the journal is read twice."""
        return sum(kept.records for kept in (*self.outputs.values(), self.journal, self.journal))


def account_cut(settings: Settings) -> AccountCut | None:
    """Ask the broker for the ends of the account's topics, before those of the shards; None: never begun."""
    names = {account_output(topic, settings): topic for topic in TOPICS}
    journal = account_output(ACCOUNT_JOURNAL, settings)
    if not existing(settings.kafka_bootstrap).keys() >= {*names, journal}:
        return None
    found = ranges(settings, list(names), NUMBER)
    outputs = {names[name]: kept for name, kept in found.items()}
    kept = ranges(settings, [journal], NUMBER).get(journal)
    return AccountCut(outputs, kept) if kept is not None else None


class AccountRecorder:
    """Writes the tables of the account into a folder; ``told`` hears of each record that was read."""

    def __init__(
        self, settings: Settings, spec: PaperSpec, cut: AccountCut, folder: Path, told: Told
    ) -> None:
        self._settings = settings
        self._spec = spec
        self._cut = cut
        self._folder = folder
        self._told = told

    def record(self, window: Window, shards: Mapping[str, Cut]) -> RecordedAccount | None:
        """Write everything, None where it never began.

        Raises ``RecordingError`` where the logs do not reach back to its genesis.
        """
        begin = newest_genesis(self._entries(self._cut.journal))
        if begin is None:
            return None
        self._check(begin.entry)
        outputs = {topic: self._outputs(topic, window) for topic in self._cut.outputs}
        starts = starts_of(begin.entry.payload["lines"])
        return RecordedAccount(
            fingerprint=self._spec.fingerprint(),
            spec=asdict(self._spec),
            journal=self._journal(begin),
            outputs=outputs,
            lines={shard: self._line(shards[shard], start) for shard, start in starts.items()},
        )

    def _outputs(self, topic: str, window: Window) -> int:
        writer = PartWriter(self._folder, f"account-outputs-{topic}", OUTPUTS)
        with closing(writer):
            for message in self._read(
                account_output(topic, self._settings), NUMBER, self._cut.outputs[topic]
            ):
                ts = timestamp_ms(message) * MS
                if not writer.count and window.since is not None and ts < window.since:
                    continue
                if window.until is not None and ts >= window.until:
                    break
                writer.put(output_row(published(topic, NUMBER, place_of(message).ordinal, message)))
        return writer.count

    def _journal(self, begin: Begin) -> int:
        writer = PartWriter(self._folder, "account-journal", JOURNAL)
        kept = self._cut.journal._replace(low=begin.offset)
        with closing(writer):
            for entry in folded((entry for _, entry in self._entries(kept)), begin.entry):
                writer.put(entry_row(entry))
        return writer.count

    def _line(self, cut: Cut, start: Start) -> RecordedLine:
        line = RecordedLine(number=cut.shard.number, signals=0, progress=0)
        signals = self._table(line, SIGNALS, cut, start.signals)
        progress = self._table(line, PROGRESS, cut, start.progress)
        return RecordedLine(number=line.number, signals=signals, progress=progress)

    def _table(self, line: RecordedLine, topic: str, cut: Cut, start: int) -> int:
        kept, name = cut.outputs.get(topic, Range(start, start)), output(topic, self._settings)
        if kept.low > start:
            raise RecordingError(
                f"{name}/{line.number}: the account begins at {start}, but records from there to "
                f"{kept.low - 1} are gone by retention: its state cannot be computed any more"
            )
        writer = PartWriter(self._folder, line.stem(topic), LINES)
        with closing(writer):
            for message in self._read(name, line.number, kept._replace(low=start)):
                writer.put((offset_of(message), message.value()))
        return writer.count

    def _check(self, genesis: Entry) -> None:
        begun, now = str(genesis.payload.get("fingerprint")), self._spec.fingerprint()
        if begun != now:
            raise RecordingError(
                f"the paper account was begun under another configuration (spec {begun[:12]}, here "
                f"{now[:12]}); record it with the settings of the run"
            )

    def _entries(self, kept: Range) -> Iterator[tuple[int, Entry]]:
        for message in self._read(account_output(ACCOUNT_JOURNAL, self._settings), NUMBER, kept):
            yield offset_of(message), decode_entry(message.value())

    def _read(self, topic: str, partition: int, kept: Range) -> Iterator[Any]:
        return records(self._settings.kafka_bootstrap, topic, partition, kept, self._told)
