"""Connecting a shard at start: what is published, what the journal holds, where its ticks begin."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from confluent_kafka import TopicPartition

from connectors.codecs.decode import Decoder
from connectors.codecs.wire import Place, place
from connectors.kafka.clients import admin, consumer
from connectors.kafka.control_feed import ControlFeed
from connectors.kafka.errors import BrokerError
from connectors.kafka.journal_log import JournalLog, open_journal
from connectors.kafka.messages import headers_of
from connectors.kafka.reading import ends, last_records
from connectors.kafka.silence import Silence
from connectors.kafka.source import ShardInputs
from connectors.kafka.topics import JOURNAL, output, tick_topics
from connectors.settings import Settings
from models.desk.desk import Desk
from models.journal.entry import GENESIS
from models.journal.journal import Journal
from models.journal.position import Position
from models.judge.records import TOPICS, Shard
from models.spec import Spec


class Opening:
    """Opens the shards of one process over shared clients."""

    def __init__(self, settings: Settings, spec: Spec, desk: Desk) -> None:
        self._settings = settings
        self._spec = spec
        self._desk = desk
        self._log = JournalLog(settings.kafka_bootstrap, output(JOURNAL, settings))
        self._places: dict[str, dict[str, Place]] = {}

    @cached_property
    def _control(self) -> ControlFeed:
        secret = self._settings.admin_secret
        return ControlFeed(
            self._settings.kafka_bootstrap,
            self._settings.control_topic,
            secret.get_secret_value() if secret else None,
        )

    def close(self) -> None:
        """Wait for the journal and leave the broker."""
        self._log.flush()
        if "_control" in self.__dict__:
            self._control.close()

    def published(self, shard: Shard) -> dict[str, Place]:
        """Return the place of the last record on each of the shard's output partitions."""
        if shard.key not in self._places:
            client = consumer(self._settings.kafka_bootstrap)
            names = {output(topic, self._settings): topic for topic in TOPICS}
            found = last_records(client, list(names), shard.number)
            client.close()
            self._places[shard.key] = {names[t]: place(m.value(), headers_of(m)) for t, m in found.items()}
        return self._places[shard.key]

    def open(self, shard: Shard, saved: Mapping[str, int] | None) -> ShardInputs:
        """Fence the shard's journal and place its inputs; raise where its history cannot be continued."""
        position = Position(**saved) if saved else Position()
        barrier = max([0, *(where.offset for where in self.published(shard).values())])
        ticks = consumer(self._settings.kafka_bootstrap)
        journal, has_history = open_journal(self._log, ticks, shard, position, barrier)
        low, high = ends(ticks, shard.topic, shard.partition)
        if has_history:
            self._check_history(shard, journal, low)
        else:
            position.t = low if self._settings.start == "earliest" else high
        ticks.assign([TopicPartition(shard.topic, shard.partition, self._first(journal))])
        return ShardInputs(
            shard=shard,
            ticks=ticks,
            decoder=Decoder(tick_topics(self._settings)[shard.topic]),
            control=self._control,
            log=self._log,
            journal=journal,
            silence=Silence(admin(self._settings.kafka_bootstrap), shard.topic, shard.partition),
            genesis=None if has_history else self._genesis(shard),
        )

    def _genesis(self, shard: Shard) -> dict[str, Any]:
        if self.published(shard):
            raise BrokerError(
                f"shard {shard.key} has published records but no journal; restore the journal, or give this "
                "instance topics of its own with TOPIC_SUFFIX"
            )
        return {"fingerprint": self._spec.fingerprint(), "desk": self._desk.as_dict()}

    def _check_history(self, shard: Shard, journal: Journal, low: int) -> None:
        first = journal.first_pending
        if first is not None and first.kind == GENESIS:
            found = first.payload["fingerprint"]
            if found != self._spec.fingerprint():
                raise BrokerError(
                    f"shard {shard.key} was begun under another configuration (spec {found[:12]}, now "
                    f"{self._spec.fingerprint()[:12]}); start the new one beside it with another TOPIC_SUFFIX"
                )
        if self._first(journal) < low:
            raise BrokerError(
                f"shard {shard.key}: ticks from {self._first(journal)} to {low - 1} are gone by retention; "
                "its state cannot be rebuilt; start a new run beside it with another TOPIC_SUFFIX"
            )

    @staticmethod
    def _first(journal: Journal) -> int:
        """Return the first tick to read: the genesis tells, where it is still to be re-injected."""
        first = journal.first_pending
        return first.after if first is not None and first.kind == GENESIS else journal.position.t
