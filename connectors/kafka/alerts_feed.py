"""Reading the topic ``alerts`` from where one did before, by an offset that is kept with the broker.

Delivery: at least once: what was read and not kept is read again. One partition, one reader.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, NamedTuple, Self

import orjson
import structlog
from confluent_kafka import KafkaException, TopicPartition

from connectors.kafka.clients import consumer
from connectors.kafka.errors import BrokerError, TopicsError, check
from connectors.kafka.messages import offset_of
from connectors.kafka.reading import ends
from connectors.kafka.topics import existing, output
from connectors.settings import Settings
from models.guard.records import ALERTS

_LOG = structlog.get_logger()
MOST = 20
"""Alerts that are read together at most."""


class Alert(NamedTuple):
    """A record, None where it is none of ours, and its offset."""

    offset: int
    body: dict[str, Any] | None


class AlertsFeed:
    """Alerts behind the kept offset; at the very first start, those that are told from then on.

    Raises ``TopicsError`` where there is no topic, ``BrokerError`` where the broker does not answer.
    """

    def __init__(self, settings: Settings, group: str = "levibot-webhook") -> None:
        self._topic = output(ALERTS, settings)
        if self._topic not in existing(settings.kafka_bootstrap):
            raise TopicsError(f"there is no topic {self._topic}: levibot topics create")
        self._client = consumer(settings.kafka_bootstrap, group=f"{group}{settings.topic_suffix}")
        self._client.assign([TopicPartition(self._topic, 0, self._start())])

    def poll(self, wait_s: float) -> list[Alert]:
        """Return what has come, waiting so long for it."""
        found = self._client.consume(MOST, wait_s)
        for message in found:
            check(message.error(), f"reading {self._topic}")
        return [Alert(offset_of(message), _body(message.value() or b"")) for message in found]

    def keep(self, offset: int) -> None:
        """Keep where to go on: everything before ``offset`` is done with."""
        try:
            place = [TopicPartition(self._topic, 0, offset)]
            self._client.commit(offsets=place, asynchronous=False)
        except KafkaException as error:
            raise BrokerError(f"keeping the offset of {self._topic}: {error.args[0].str()}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def _start(self) -> int:
        low, high = ends(self._client, self._topic, 0)
        kept = self._kept()
        if kept is None:
            self.keep(high)
            return high
        if not low <= kept <= high:
            _LOG.warning("the topic of alerts is another one, it is read from its start", topic=self._topic)
            return low
        return kept

    def _kept(self) -> int | None:
        try:
            [place] = self._client.committed([TopicPartition(self._topic, 0)], timeout=30)
        except KafkaException as error:
            raise BrokerError(f"the kept offset of {self._topic}: {error.args[0].str()}") from error
        return int(place.offset) if place.offset >= 0 else None


def _body(value: bytes) -> dict[str, Any] | None:
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) and "rule" in found else None
