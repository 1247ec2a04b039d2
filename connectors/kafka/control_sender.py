"""Sending control commands.

Delivery: a command is sent at least once; its id and its number make a repeat harmless.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any

import orjson
from confluent_kafka import KafkaError, Message, Producer

from connectors.kafka.clients import consumer, prompt_producer
from connectors.kafka.control_feed import feed_of
from connectors.kafka.errors import BrokerError, check
from connectors.kafka.messages import offset_of, timestamp_ms
from connectors.kafka.reading import read_range
from connectors.settings import Settings
from models.control.commands import Command
from models.control.signature import role_key, sign

SENT_WITHIN_S = 10.0


class AlreadySentError(RuntimeError):
    """A command of this id is on the control topic already: ``sent``, at ``offset``; nothing was sent now."""

    def __init__(self, sent: Command, offset: int) -> None:
        super().__init__(
            f"repeat: actor '{sent.actor}' has already sent '{sent.id}', at offset {offset} of the "
            "control topic; nothing was sent"
        )
        self.sent, self.offset = sent, offset


class Sender:
    """Signs commands and sends them over one connection; each has an id and a number of its own.

    Raises ``BrokerError`` if there is no ``ADMIN_SECRET`` or the broker does not take a command.
    """

    def __init__(self, settings: Settings, actor: str, role: str = "admin") -> None:
        self._topic, self._actor, self._role = settings.control_topic, actor, role
        self._key = _key(settings, role)
        self._client = prompt_producer(settings.kafka_bootstrap)

    def send(self, cmd: str, args: Mapping[str, Any] | None = None, scope: str = "all") -> Command:
        """Send a command and return it once the broker has it."""
        now = time.time_ns()
        command = Command(
            id=uuid.uuid4().hex, ts=now, actor=self._actor, n=now, role=self._role, cmd=cmd, scope=scope,
            args=args or {},
        )  # fmt: skip
        _produce(self._client, self._topic, _signed(command, self._key), self._actor)
        return command


def send(settings: Settings, command: Command) -> int:
    """Sign and send a command; return the broker's time of it, ms.

    Its number is raised above all that its sender has used, so that no clock that is ahead on another machine
    makes it a repeat. Raise ``AlreadySentError`` where its id was used, and ``BrokerError`` if there is no
    ``ADMIN_SECRET`` or the broker does not take it.
    """
    key = _key(settings, command.role)
    numbered = _numbered(settings, command)
    client = prompt_producer(settings.kafka_bootstrap)
    offset = _produce(client, settings.control_topic, _signed(numbered, key), command.actor)
    return _broker_time(settings, offset)


def _numbered(settings: Settings, command: Command) -> Command:
    with closing(feed_of(settings, quiet=True)) as feed:
        own = [(at, one) for at, _, one in feed.since(0) if one.sender == command.sender]
    for at, one in own:
        if one.id == command.id:
            raise AlreadySentError(one, at)
    return replace(command, n=max([command.n, *(one.n + 1 for _, one in own)]))


def _key(settings: Settings, role: str) -> bytes:
    if settings.admin_secret is None:
        raise BrokerError("commands are signed: set ADMIN_SECRET to the secret of the flow")
    return role_key(settings.admin_secret.get_secret_value(), role)


def _signed(command: Command, key: bytes) -> bytes:
    return orjson.dumps(command.as_dict() | {"sig": sign(command, key)})


def _produce(client: Producer, topic: str, value: bytes, key: str) -> int:
    """Produce a record and return its offset once the broker has it."""
    reports: list[tuple[KafkaError | None, int]] = []

    def delivered(error: KafkaError | None, message: Message) -> None:
        reports.append((error, offset_of(message) if error is None else -1))

    client.produce(topic, value, key, partition=0, on_delivery=delivered)
    client.flush(SENT_WITHIN_S)
    if not reports:
        client.purge(in_queue=True, in_flight=True, blocking=False)
        client.flush(1.0)
        raise BrokerError("the broker did not take the command; check KAFKA_BOOTSTRAP and the control topic")
    error, offset = reports[0]
    check(error, "sending the command")
    return offset


def _broker_time(settings: Settings, offset: int) -> int:
    """Return the timestamp of a record as a reader sees it; a delivery report does not always tell."""
    client = consumer(settings.kafka_bootstrap)
    [message] = read_range(client, settings.control_topic, 0, offset, offset + 1)
    client.close()
    return timestamp_ms(message)
