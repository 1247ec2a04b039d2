"""The producer of the ``slo`` topic: apart from that of the output, so that neither waits for the other.

Delivery: at most once. A record that the broker does not take in time is dropped and counted; nothing ever
waits for one. Unit of parallelism: the process, which writes the records of all its sources.
"""

from __future__ import annotations

import orjson
from confluent_kafka import KafkaError, KafkaException, Message

from connectors.kafka.clients import producer
from models.slo.body import Body

LINGER_MS = 20
GIVE_UP_MS = 30_000
MOST_WAITING = 1_000
_LEAVE_S = 1.0


class SloLog:
    """Sends records of one topic; ``lost`` counts those that were not delivered."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self.lost = 0
        self._topic = topic
        self._client = producer(
            bootstrap,
            linger_ms=LINGER_MS,
            enable_idempotence=False,  # its fatal errors would end the producer
            message_timeout_ms=GIVE_UP_MS,
            queue_buffering_max_messages=MOST_WAITING,
        )

    def send(self, partition: int, body: Body) -> None:
        """Queue a record; count it as lost where the queue is full or the producer refuses it."""
        try:
            self._client.produce(
                self._topic,
                orjson.dumps(body),
                key=body["source"].encode(),
                partition=partition,
                on_delivery=self._report,
            )
            self._client.poll(0)
        except (BufferError, KafkaException):
            self.lost += 1

    def close(self) -> None:
        """Wait shortly for what is under way and leave the broker."""
        self._client.flush(_LEAVE_S)

    def _report(self, error: KafkaError | None, _message: Message) -> None:
        self.lost += error is not None
