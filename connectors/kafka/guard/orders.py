"""The guard's commands on their way to the control topic, signed with the key of its role.

Delivery: each at least once; its number makes a repeat harmless, and those that stand on the topic already
are not sent again. Unit of parallelism: the guard.
"""

from __future__ import annotations

import orjson
from confluent_kafka import KafkaError, Message

from connectors.kafka.clients import exact_producer
from connectors.kafka.control_feed import feed_of
from connectors.kafka.errors import BrokerError, refusals_told
from connectors.kafka.sink import FLUSH_WITHIN_S
from connectors.settings import Settings
from models.control.commands import Command
from models.control.signature import role_key, sign


class Orders:
    """Sends commands; ``sender`` is who numbers them."""

    def __init__(self, settings: Settings, sender: str) -> None:
        secret = settings.admin_secret
        self._secret = secret.get_secret_value() if secret else None
        self._topic = settings.control_topic
        self._last = _last_number(settings, sender)
        self._client = exact_producer(settings.kafka_bootstrap, linger_ms=0)
        self._error: str | None = None

    def send(self, command: Command) -> None:
        """Sign and send a command, unless it stands on the topic; without a secret there is no sending."""
        if self._secret is None or command.n <= self._last:
            return
        self._last = command.n
        record = command.as_dict() | {"sig": sign(command, role_key(self._secret, command.role))}
        with refusals_told("a command"):
            self._client.produce(
                self._topic, orjson.dumps(record), command.actor, partition=0, on_delivery=self._delivered
            )
        self.poll()

    def poll(self) -> None:
        """Take in delivery reports; raise ``BrokerError`` if one failed: it may be on the topic."""
        self._client.poll(0)
        if self._error is not None:
            raise BrokerError(f"a command was not delivered: {self._error}")

    def flush(self) -> None:
        """Wait until all stand on the topic."""
        if self._client.flush(FLUSH_WITHIN_S):
            raise BrokerError(f"the broker did not take a command for {FLUSH_WITHIN_S:.0f} s: start again")
        self.poll()

    def _delivered(self, error: KafkaError | None, _: Message) -> None:
        if error is not None:
            self._error = error.str()


def _last_number(settings: Settings, sender: str) -> int:
    feed = feed_of(settings)
    numbers = [command.n for _, _, command in feed.since(0) if command.sender == sender]
    feed.close()
    return max(numbers, default=-1)
