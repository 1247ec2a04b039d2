"""Watching a run from outside: every command, journal entry and signal, with the broker's time of it."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from connectors.codecs.wire import decode_entry
from connectors.kafka.following import Following, Found
from connectors.kafka.topics import JOURNAL, output
from connectors.settings import Settings
from flows.chaos.worker import ChaosError
from flows.kill_trials.words import Taken, Word
from models.journal.entry import COMMAND
from models.journal.fold import Fold
from models.judge.records import SIGNALS

PATIENCE_S = 60.0


class _Cause(msgspec.Struct):
    seq: int


class _Signal(msgspec.Struct):
    signal: str
    caused_by: _Cause


class _Sent(msgspec.Struct):
    id: str


_signal = msgspec.json.Decoder(_Signal)
_sent = msgspec.json.Decoder(_Sent)


class Watch:
    """Reads on while somebody waits for something; begins with empty topics."""

    def __init__(self, settings: Settings, shards: int) -> None:
        self.sent: dict[str, int] = {}  # the broker's ms, by command id
        self.taken: dict[str, dict[int, Taken]] = {}  # by command id and shard
        self.words: dict[int, list[Word]] = {number: [] for number in range(shards)}
        self._folds = {number: Fold() for number in self.words}
        signals, journal = output(SIGNALS, settings), output(JOURNAL, settings)
        self._takers: dict[str, Callable[[Found], None]] = {
            signals: self._signal, journal: self._entry, settings.control_topic: self._command,
        }  # fmt: skip
        begin = {(topic, number): 0 for topic in (signals, journal) for number in self.words}
        self._following = Following(settings.kafka_bootstrap, begin | {(settings.control_topic, 0): 0})

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Read on until something holds; raise ``ChaosError`` if that takes too long."""
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > deadline:
                raise ChaosError(f"waited {PATIENCE_S:.0f} s for {what}")
            for found in self._following.poll():
                self._takers[found.topic](found)

    def begin(self) -> None:
        """Forget the signals up to now."""
        for words in self.words.values():
            words.clear()

    def reconnect(self) -> None:
        """Go on reading where it was, with a new connection."""
        self._following.reconnect()

    def close(self) -> None:
        """Leave the broker."""
        self._following.close()

    def _signal(self, found: Found) -> None:
        said = _signal.decode(found.value)
        self.words[found.partition].append(Word(found.ms, said.caused_by.seq, said.signal == "HOLD"))

    def _entry(self, found: Found) -> None:
        entry = decode_entry(found.value)
        if self._folds[found.partition].take(entry) and entry.kind == COMMAND:
            acks = self.taken.setdefault(entry.payload["command"]["id"], {})
            acks[found.partition] = Taken(found.ms, entry.seq, entry.after)

    def _command(self, found: Found) -> None:
        self.sent[_sent.decode(found.value).id] = found.ms
