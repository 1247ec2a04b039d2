"""Sending a command for somebody who waits for an answer, and telling what became of it.

Delivery: as of ``control_sender``. The commands of one process are sent one after the other, so that their
numbers rise in the order in which they lie on the topic; the shards' answers are waited for side by side.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import closing
from typing import NamedTuple

from confluent_kafka import KafkaException

from connectors.kafka.control_client import Ack, Acks
from connectors.kafka.control_sender import AlreadySentError, send
from connectors.kafka.errors import BrokerError, TopicsError
from connectors.kafka.topics import existing, shards
from connectors.settings import Settings
from models.control.commands import Command
from models.judge.records import Shard

BRAKES = ("kill", "halt")
"""Commands that are sent even where nobody can be asked to acknowledge them."""


class Delivery(NamedTuple):
    """What became of a command that was sent: who took it in, who was silent, and why nobody was asked."""

    acks: Sequence[Ack]
    silent: Sequence[Shard]
    unasked: str = ""


class Deliveries:
    """Sends commands and waits for the shards; may be shared by threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sending = threading.Lock()

    def deliver(self, command: Command) -> Delivery:
        """Send a command and wait ``ACK_TIMEOUT_S`` for the shards.

        Raises ``AlreadySentError`` where its id was sent before, ``BrokerError`` where the broker is away or
        does not take it, ``TopicsError`` where the topics are not as they must be, so that no shard runs.
        """
        try:
            return self._deliver(command)
        except KafkaException as error:
            raise BrokerError(f"the broker failed: {error.args[0].str()}") from error

    def _deliver(self, command: Command) -> Delivery:
        # a broker that is away is told from topics that are not as planned
        existing(self._settings.kafka_bootstrap)
        try:
            every = shards(self._settings)
        except TopicsError as error:
            if command.cmd not in BRAKES:
                raise
            self._send(command)
            return Delivery((), (), str(error))
        with closing(Acks(self._settings, every)) as acks:
            sent_ms = self._send(command)
            return Delivery(*acks.wait(command, sent_ms, self._settings.ack_timeout_s))

    def _send(self, command: Command) -> int:
        with self._sending:
            return send(self._settings, command)


__all__ = ["AlreadySentError", "BrokerError", "Deliveries", "Delivery", "TopicsError"]
