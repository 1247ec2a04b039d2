"""Sending a control command, and waiting until the shards' journals hold it.

Delivery: the command is sent at least once; its number makes a repeat harmless. An acknowledgement is a
folded journal entry, so what it says is what a restart would say too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
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
from models.control.commands import Command
from models.control.signature import role_key, sign
from models.journal.entry import COMMAND, Entry
from models.journal.fold import Fold
from models.judge.records import Shard

SENT_WITHIN_S = 10.0
_TAIL = 200


@dataclass(frozen=True, slots=True)
class Ack:
    """A shard took the command in before tick ``after``, ``ms`` after the broker had it."""

    shard: Shard
    after: int
    seq: int
    ms: float


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

    def wait(self, command_id: str, sent_ts_ms: int, timeout_s: float) -> tuple[list[Ack], list[Shard]]:
        """Return the acknowledgements and the shards that did not give one in time."""
        missing, acks = dict(self._shards), []
        deadline = time.monotonic() + timeout_s
        while missing and time.monotonic() < deadline:
            for message in self._client.consume(500, 0.02):
                check(message.error(), f"reading {self._topic}")
                entry = decode_entry(message.value())
                number = partition_of(message)
                counts = self._folds[number].take(entry)
                if counts and _is(entry, command_id) and number in missing:
                    ms = timestamp_ms(message) - sent_ts_ms
                    acks.append(Ack(missing.pop(number), entry.after, entry.seq, float(ms)))
        return sorted(acks, key=lambda ack: ack.shard.number), list(missing.values())

    def close(self) -> None:
        """Leave the broker."""
        self._client.close()


def _is(entry: Entry, command_id: str) -> bool:
    return entry.kind == COMMAND and entry.payload["command"]["id"] == command_id


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
