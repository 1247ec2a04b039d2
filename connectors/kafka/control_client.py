"""Waiting until the shards' journals hold a control command.

An acknowledgement is a folded journal entry, so what it says is what a restart would say too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from confluent_kafka import Consumer, TopicPartition

from connectors.codecs.wire import decode_entry
from connectors.kafka.clients import consumer
from connectors.kafka.errors import check
from connectors.kafka.messages import partition_of, timestamp_ms
from connectors.kafka.reading import ends, read_range
from connectors.kafka.topics import JOURNAL, output
from connectors.settings import Settings
from models.control.commands import SELECTING, Command
from models.desk.news import KINDS, READY, News, news_of
from models.desk.references import is_bundle
from models.journal.entry import COMMAND, Entry
from models.journal.fold import Fold
from models.judge.records import Shard

_TAIL = 200


@dataclass(frozen=True, slots=True)
class Ack:
    """A shard took the command in before tick ``after``, ``ms`` after the broker had it.

    ``news`` is what became of the bundle that the command asked for, ``news_ms`` after the broker had it;
    None where it asked for none, or another command came in between.
    """

    shard: Shard
    after: int
    seq: int
    ms: float
    news: News | None = None
    news_ms: float = 0.0

    @property
    def refusal(self) -> str:
        """Return why the bundle is refused, empty where it is not."""
        if self.news is None or self.news.kind == READY:
            return ""
        return str(self.news.detail.get("detail", self.news.kind))


class Acks:
    """Watches the journals of shards for a command that is yet to be sent."""

    def __init__(self, settings: Settings, shards: list[Shard]) -> None:
        self._topic = output(JOURNAL, settings)
        self._shards = {shard.number: shard for shard in shards}
        self._client: Consumer = consumer(settings.kafka_bootstrap, fetch_wait_max_ms=5)
        bounds = {number: ends(self._client, self._topic, number) for number in self._shards}
        self._folds = {n: Fold(self._generation(n, low, high), None) for n, (low, high) in bounds.items()}
        self._client.assign([TopicPartition(self._topic, n, high) for n, (_, high) in bounds.items()])

    def _generation(self, number: int, low: int, high: int) -> int:
        """Return the highest generation near the end of a shard's journal."""
        tail = read_range(self._client, self._topic, number, max(low, high - _TAIL), high)
        return max((decode_entry(message.value()).gen for message in tail), default=0)

    def wait(self, command: Command, sent_ts_ms: int, timeout_s: float) -> tuple[list[Ack], list[Shard]]:
        """Return the acknowledgements and the shards that did not give one in time.

        Of a command that asks for a bundle, an acknowledgement is whole when there is news of the bundle.
        """
        found: dict[int, _Answer] = {number: _Answer(command) for number in self._shards}
        deadline = time.monotonic() + timeout_s
        while not all(answer.whole for answer in found.values()) and time.monotonic() < deadline:
            for message in self._client.consume(500, 0.02):
                check(message.error(), f"reading {self._topic}")
                entry, number = decode_entry(message.value()), partition_of(message)
                if self._folds[number].take(entry):
                    found[number].see(self._shards[number], entry, timestamp_ms(message) - sent_ts_ms)
        acks = [answer.ack for _, answer in sorted(found.items()) if answer.ack is not None and answer.whole]
        return acks, [self._shards[number] for number, answer in found.items() if not answer.whole]

    def close(self) -> None:
        """Leave the broker."""
        self._client.close()


class _Answer:
    """What one shard's journal says of a command."""

    def __init__(self, command: Command) -> None:
        self._id = command.id
        name = str(command.args.get("name", "")) if command.cmd in SELECTING else ""
        self._wanted = name if is_bundle(name) else ""
        self.ack: Ack | None = None

    @property
    def whole(self) -> bool:
        """Return whether nothing more is to be said."""
        return self.ack is not None and not self._wanted

    def see(self, shard: Shard, entry: Entry, ms: float) -> None:
        """Take in an entry that counts, ``ms`` after the command."""
        if self.ack is None:
            if entry.kind == COMMAND and entry.payload["command"]["id"] == self._id:
                self.ack = Ack(shard, entry.after, entry.seq, float(ms))
        elif self._wanted and entry.kind in KINDS and entry.payload["reference"] == self._wanted:
            self.ack = replace(self.ack, news=news_of(entry.kind, entry.payload), news_ms=float(ms))
            self._wanted = ""
        elif entry.kind == COMMAND and entry.payload["command"]["cmd"] in SELECTING:
            self._wanted = ""
