"""Sending a control command, and waiting until the shards' journals hold it.

Delivery: the command is sent at least once; its number makes a repeat harmless. An acknowledgement is a
folded journal entry, so what it says is what a restart would say too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import orjson
from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from connectors.codecs.wire import decode_entry
from connectors.kafka.clients import consumer, exact_producer
from connectors.kafka.errors import BrokerError, check
from connectors.kafka.messages import offset_of, partition_of, timestamp_ms
from connectors.kafka.reading import ends, read_range
from connectors.kafka.topics import JOURNAL, output
from connectors.settings import Settings
from models.control.commands import SELECTING, Command
from models.control.signature import role_key, sign
from models.desk.news import KINDS, READY, News, news_of
from models.desk.references import is_bundle
from models.journal.entry import COMMAND, Entry
from models.journal.fold import Fold
from models.judge.records import Shard

SENT_WITHIN_S = 10.0
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


def send(settings: Settings, command: Command) -> int:
    """Sign and send a command; return the broker's time of it, ms.

    Raise ``BrokerError`` if there is no ``ADMIN_SECRET`` or the broker does not take it.
    """
    if settings.admin_secret is None:
        raise BrokerError("commands are signed: set ADMIN_SECRET to the secret of the flow")
    key = role_key(settings.admin_secret.get_secret_value(), command.role)
    record: dict[str, Any] = command.as_dict() | {"sig": sign(command, key)}
    return publish(settings, orjson.dumps(record), command.actor)


def publish(settings: Settings, value: bytes, key: str) -> int:
    """Send one record to the control topic and return the broker's time of it, ms."""
    reports: list[tuple[KafkaError | None, int]] = []

    def delivered(error: KafkaError | None, message: Message) -> None:
        reports.append((error, offset_of(message) if error is None else -1))

    client = exact_producer(settings.kafka_bootstrap, linger_ms=0)
    client.produce(settings.control_topic, value, key, partition=0, on_delivery=delivered)
    client.flush(SENT_WITHIN_S)
    if not reports:
        client.purge(in_queue=True, in_flight=True, blocking=False)
        client.flush(1.0)
        raise BrokerError("the broker did not take the command; check KAFKA_BOOTSTRAP and the control topic")
    error, offset = reports[0]
    check(error, "sending the command")
    return _broker_time(settings, offset)


def _broker_time(settings: Settings, offset: int) -> int:
    """Return the timestamp of a record as a reader sees it; a delivery report does not always tell."""
    client = consumer(settings.kafka_bootstrap)
    [message] = read_range(client, settings.control_topic, 0, offset, offset + 1)
    client.close()
    return timestamp_ms(message)
