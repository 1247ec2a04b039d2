"""Records into one topic, each of them delivered, or an error which names the one that was not."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from confluent_kafka import KafkaError, KafkaException, Message

from connectors.kafka.clients import producer
from connectors.kafka.errors import BrokerError, TopicsError
from models.ticks import MAX_RECORD_BYTES

MILLI = 1_000_000
_SERVE_EVERY = 500  # records between two looks at delivery reports
_FULL_S = 0.1


class DeliveryError(RuntimeError):
    """A record was not delivered; the message names the first one and says why."""


class Delivery:
    """Send records to ``topic``.

    Promise: every record at least once and, by idempotence, without duplicates as long as this object lives;
    in order per key. Unit of parallelism: one producer, whose records go to the partition of their key.
    Raises ``BrokerError`` where no broker answers and ``TopicsError`` where it has no such topic.
    """

    def __init__(
        self,
        bootstrap: str,
        topic: str,
        *,
        linger_ms: int = 20,
        find_s: float = 10.0,
        give_up_s: float = 60.0,
    ) -> None:
        self.sent = 0
        self.delivered = 0
        self._topic = topic
        self._give_up_s = give_up_s
        self._failure: str | None = None
        self._producer = producer(
            bootstrap,
            linger_ms=linger_ms,
            message_timeout_ms=int(give_up_s * 1000),
            message_max_bytes=2 * MAX_RECORD_BYTES,  # before compression; the broker looks behind it
        )
        self._find(bootstrap, find_s)

    def send(
        self, key: bytes, value: bytes, ts: int, headers: list[tuple[str, str | bytes | None]] | None = None
    ) -> None:
        """Send one record stamped ``ts`` (ns; Kafka keeps milliseconds), waiting while the queue is full.

        Raises ``DeliveryError`` as soon as one is known to have failed, this one or one before it.
        """
        while self._failure is None:
            try:
                self._producer.produce(
                    self._topic,
                    value,
                    key,
                    on_delivery=self._report,
                    timestamp=ts // MILLI,
                    headers=headers,
                )
                break
            except BufferError:
                self._producer.poll(_FULL_S)
            except KafkaException as error:
                self._fail(error.args[0], key, ts // MILLI)
        self._check()
        self.sent += 1
        if self.sent % _SERVE_EVERY == 0:
            self._producer.poll(0)

    def wait(self, seconds: float) -> None:
        """Serve delivery reports for at most ``seconds``."""
        self._producer.poll(seconds)

    def finish(self) -> None:
        """Wait until every record sent is delivered; raise ``DeliveryError`` where one is not."""
        self._producer.flush(self._give_up_s + 5.0)
        if self._failure is None and self.delivered < self.sent:
            lost = self.sent - self.delivered
            self._failure = f"{self._topic}: {lost} of {self.sent} records are still not delivered"
        self._check()

    def _find(self, bootstrap: str, find_s: float) -> None:
        try:
            topics = self._producer.list_topics(timeout=find_s).topics
        except KafkaException as error:
            raise BrokerError(
                f"no broker answers at {bootstrap} ({error.args[0].str()}): start one with `levibot demo` or "
                "`docker compose up`, or set KAFKA_BOOTSTRAP"
            ) from error
        if self._topic not in topics:
            raise TopicsError(f"{bootstrap} has no topic {self._topic!r}: run `levibot topics create`")

    def _report(self, error: KafkaError | None, message: Message) -> None:
        if error is None:
            self.delivered += 1
        else:
            self._fail(error, message.key() or b"", message.timestamp()[1])

    def _fail(self, error: KafkaError, key: bytes, millis: int) -> None:
        name = key.decode("utf-8", "replace")
        why = f"{self._topic}: the record of {name} at {millis} ms was not delivered: {error.str()}"
        self._failure = self._failure or why

    def _check(self) -> None:
        if self._failure is not None:
            raise DeliveryError(self._failure)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if len(self._producer):
            self._producer.purge()
        self._producer.close()
