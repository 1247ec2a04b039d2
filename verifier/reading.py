"""Reading whole partitions off the broker, with a consumer of its own.

Delivery: every committed record of a partition once, in offset order, up to the end it had when it was asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType, TracebackType
from typing import Self

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from verifier.log import Partition, Record

PATIENCE_S = 30.0
"""A broker that sends nothing for so long is given up."""


class ReadingError(RuntimeError):
    """A partition cannot be read to its end; the message says which, and what the broker said."""


class Reader:
    """Reads partitions one after the other; close it, or use it as a context.

    ``isolation`` is Kafka's: ``read_committed`` leaves out what an aborted transaction wrote. ``security`` is
    what the broker asks of a client, in librdkafka's words.
    """

    def __init__(
        self,
        bootstrap: str,
        isolation: str = "read_committed",
        security: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        config: dict[str, str | int | bool] = {
            "bootstrap.servers": bootstrap,
            "client.id": "levibot-verifier",
            "group.id": "levibot-verifier",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "error",
            "enable.partition.eof": True,
            "isolation.level": isolation,
            "allow.auto.create.topics": False,
            "check.crcs": True,
            "fetch.wait.max.ms": 20,
        }
        self._client = Consumer(config | dict(security))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the broker."""
        self._client.close()

    def partitions(self, topic: str) -> int:
        """Return how many partitions a topic has, 0 where there is no such topic."""
        with _said(f"asking for {topic}"):
            found = self._client.list_topics(topic, timeout=PATIENCE_S).topics.get(topic)
        return len(found.partitions) if found is not None and found.error is None else 0

    def read(self, topic: str, number: int, on_record: Callable[[], None] | None = None) -> Partition:
        """Return a partition as it stands now, all in memory; ``on_record`` is called for each record."""
        with _said(f"asking for the ends of {topic}/{number}"):
            low, high = self._client.get_watermark_offsets(TopicPartition(topic, number), timeout=PATIENCE_S)
        found = Partition(topic, number, int(low), int(high))
        for message in self._messages(found):
            found.records.append(_record(message))
            if on_record is not None:
                on_record()
        return found

    def _messages(self, of: Partition) -> Iterator[Message]:
        """Yield the messages below ``high``; the client says when nothing more is there."""
        if of.low >= of.high:
            return
        self._client.assign([TopicPartition(of.topic, of.number, of.low)])
        deadline = time.monotonic() + PATIENCE_S
        while True:
            messages = self._client.consume(1_000, 0.1)
            for message in messages:
                if message.error() is not None:
                    if _is_end(message, of):
                        return
                    continue
                offset = message.offset() or 0
                if offset < of.high:
                    yield message
                if offset >= of.high - 1:
                    return
            if messages:
                deadline = time.monotonic() + PATIENCE_S
            elif time.monotonic() > deadline:
                raise ReadingError(f"{of.name}: nothing came for {PATIENCE_S:.0f} s before offset {of.high}")


def _is_end(message: Message, of: Partition) -> bool:
    """Return whether the client says that the partition ends here; raise for an error."""
    error = message.error()
    if error is not None and error.code() != KafkaError._PARTITION_EOF:
        raise ReadingError(f"{of.name}: {error.str()}")
    return message.topic() == of.topic and message.partition() == of.number


@contextmanager
def _said(doing: str) -> Iterator[None]:
    """Say what was being done when the broker did not answer."""
    try:
        yield
    except KafkaException as error:
        raise ReadingError(
            f"{doing}: {error.args[0].str()}; is the broker up? see KAFKA_BOOTSTRAP"
        ) from error


def _record(message: Message) -> Record:
    headers = message.headers() or []
    pairs = headers.items() if isinstance(headers, dict) else headers
    return Record(
        topic=message.topic() or "",
        partition=message.partition() or 0,
        offset=message.offset() or 0,
        ts_ms=int(message.timestamp()[1]),
        key=_bytes(message.key()),
        value=_bytes(message.value()),
        headers=tuple((name, _bytes(value) or b"") for name, value in pairs),
    )


def _bytes(raw: str | bytes | None) -> bytes | None:
    return raw.encode() if isinstance(raw, str) else raw
