"""The producer of ``audit.gateway``: what was asked of the gateway over HTTP, and what it answered.

Delivery: at least once while the broker is there, each record before the request's answer; one that the
broker does not take within 30 s is lost to the topic and counted, and stands in AUDIT_FILE all the same. A
repeat has the same ``id``. Unit of parallelism: the process; the topic has one partition.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import orjson
import structlog
from confluent_kafka import KafkaError, KafkaException, Message

from connectors.kafka.clients import producer
from connectors.kafka.topics import GATEWAY_AUDIT, output
from connectors.settings import Settings

GIVE_UP_MS = 30_000
MOST_WAITING = 10_000
WAIT_S = 1.0
"""How long an answer waits for its record; not at all while the broker is known to be away."""

_LEAVE_S = 1.0
_LOG = structlog.get_logger()


class AuditTopic:
    """Sends records; ``lost`` counts those that the broker did not take. May be shared by threads."""

    def __init__(self, settings: Settings) -> None:
        self.lost = 0
        self._topic = output(GATEWAY_AUDIT, settings)
        self._away = False
        self._client = producer(
            settings.kafka_bootstrap,
            linger_ms=0,
            enable_idempotence=False,  # its fatal errors would end the producer
            message_timeout_ms=GIVE_UP_MS,
            queue_buffering_max_messages=MOST_WAITING,
        )

    def send(self, body: dict[str, Any]) -> None:
        """Send a record, and wait until the broker has it if it is there."""
        done = threading.Event()

        def report(error: KafkaError | None, _message: Message) -> None:
            self._away = error is not None
            self._lose(str(error)) if error is not None else done.set()

        try:
            self._client.produce(self._topic, orjson.dumps(body), key=str(body["ip"]), on_delivery=report)
        except (BufferError, KafkaException) as error:
            self._lose(str(error))
            return
        self._client.poll(0)  # what was waiting may have gone out meanwhile
        deadline = time.monotonic() + (0 if self._away else WAIT_S)
        while not done.is_set() and time.monotonic() < deadline:
            self._client.poll(0.02)
        self._away = not done.is_set()

    def close(self) -> None:
        """Wait shortly for what is under way and leave the broker."""
        self._client.flush(_LEAVE_S)

    def _lose(self, why: str) -> None:
        self.lost += 1
        _LOG.warning("a record of the gateway's audit is not on its topic", lost=self.lost, why=why)
