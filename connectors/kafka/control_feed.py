"""The control topic as one process sees it: an append-only list of commands, read once for all shards.

Delivery: every record of the topic's single partition, in order, at least once; each shard keeps a cursor
of its own. Refused records are logged and passed over; the guard audits them.
"""

from __future__ import annotations

from bisect import bisect_left
from operator import itemgetter

import structlog
from confluent_kafka import Message, TopicPartition

from connectors.codecs.wire import decode_json
from connectors.kafka.clients import consumer, reader
from connectors.kafka.errors import check
from connectors.kafka.messages import offset_of, timestamp_ms
from connectors.kafka.reading import ends, read_range
from connectors.settings import Settings
from models.control.commands import Command
from models.control.hearing import private
from models.control.repeats import Repeats
from models.control.said import shown
from models.control.verdict import judge

_LOG = structlog.get_logger()


def feed_of(settings: Settings, *, quiet: bool = False) -> ControlFeed:
    """Open the control topic of the settings; without ADMIN_SECRET every command is refused."""
    secret = settings.admin_secret
    key = secret.get_secret_value() if secret else None
    return ControlFeed(settings.kafka_bootstrap, settings.control_topic, key, quiet=quiet)


class ControlFeed:
    """Commands by offset; :meth:`poll` never blocks.

    ``quiet``: do not log what is refused.
    """

    def __init__(self, bootstrap: str, topic: str, secret: str | None, *, quiet: bool = False) -> None:
        self._topic = topic
        self._secret = secret
        self._quiet = quiet
        self._repeats = Repeats()
        self._client = consumer(bootstrap, queued_max_messages_kbytes=1_024)
        history = reader(bootstrap)
        self._accepted: list[tuple[int, int, Command]] = []
        low, end = ends(self._client, topic, 0)
        for message in read_range(history, topic, 0, low, end):
            self._take(message)
        history.close()
        self._client.assign([TopicPartition(topic, 0, end)])
        self._end = end

    def poll(self) -> None:
        """Take in what has arrived."""
        for message in self._client.consume(100, 0):
            check(message.error(), f"reading {self._topic}")
            self._take(message)
            self._end = offset_of(message) + 1

    def since(self, offset: int) -> list[tuple[int, int, Command]]:
        """Return (offset, broker time in ns, command) of the accepted commands from an offset on."""
        return self._accepted[bisect_left(self._accepted, offset, key=itemgetter(0)) :]

    @property
    def end(self) -> int:
        """Return the offset behind everything read so far."""
        return self._end

    def close(self) -> None:
        """Leave the broker."""
        self._client.close()

    def _take(self, message: Message) -> None:
        offset, ts = offset_of(message), timestamp_ms(message) * 1_000_000
        raw = decode_json(message.value())
        verdict = judge(raw, ts, self._secret)
        if isinstance(verdict, Command):
            verdict = self._repeats.take(verdict, ts) or verdict
        if isinstance(verdict, Command):
            self._accepted.append((offset, ts, verdict))
        elif not self._quiet:
            reason = shown(verdict.reason, private(raw, self._secret))
            _LOG.warning("command refused", offset=offset, reason=reason)
