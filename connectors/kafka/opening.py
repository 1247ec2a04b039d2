"""Connecting a shard at start: what is published, what the journal holds, where its ticks begin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

import structlog
from confluent_kafka import Consumer, TopicPartition

from connectors.bundles.background import BackgroundLoader
from connectors.codecs.decode import Decoder
from connectors.codecs.wire import Place, place
from connectors.failpoints import reach
from connectors.kafka.beginning import Beginning
from connectors.kafka.clients import admin, consumer
from connectors.kafka.control_feed import ControlFeed, feed_of
from connectors.kafka.errors import BrokerError
from connectors.kafka.history import Found, GapError, resume
from connectors.kafka.inputs import ShardInputs
from connectors.kafka.journal_log import JournalLog, fence
from connectors.kafka.messages import headers_of
from connectors.kafka.outlets import Outlets
from connectors.kafka.reading import Tail, ends, tails
from connectors.kafka.shard_models import ShardModels
from connectors.kafka.silence import Silence
from connectors.kafka.topics import JOURNAL, output, tick_topics
from connectors.recovery.state import unpack
from connectors.settings import Settings
from models.desk.desk import Desk
from models.journal.journal import Journal
from models.journal.position import Position
from models.judge.records import TOPICS, Shard
from models.spec import Spec

_LOG = structlog.get_logger()


class Opening:
    """Opens the shards of one process over shared clients.

    ``accept_gap``: where part of a shard's history is gone, begin anew, killed, instead of refusing.
    ``days``: how far back a shard without any history begins; None: as the setting says.
    """

    def __init__(
        self,
        settings: Settings,
        spec: Spec,
        desk: Desk,
        outlets: Outlets,
        loader: BackgroundLoader,
        *,
        accept_gap: bool = False,
        days: float | None = None,
    ) -> None:
        self._settings = settings
        self._outlets = outlets
        self._built_in = spec.models
        self._loader = loader
        self._beginning = Beginning(settings, spec, desk, accept_gap=accept_gap, days=days)
        self._log = JournalLog(settings.kafka_bootstrap, output(JOURNAL, settings))
        self._places: dict[str, dict[str, Place]] = {}
        self._journals: dict[str, Journal] = {}
        self._ticks: dict[Shard, Consumer] = {}

    @cached_property
    def _control(self) -> ControlFeed:
        return feed_of(self._settings)

    def close(self) -> None:
        """Wait for the journal and leave the broker."""
        self._log.flush()
        if "_control" in self.__dict__:
            self._control.close()

    def positions(self) -> dict[str, int]:
        """Return the next tick of each shard that is open and behind everything it had to take in again."""
        return {key: journal.position.t for key, journal in self._journals.items() if journal.live}

    def behind(self) -> dict[str, int]:
        """Return how many tick records of each open shard are not taken in, by the last answer of the broker.

        Asks nobody. A shard of which no fetch has brought the end of its log yet is left out.
        """
        found = {}
        for shard, client in self._ticks.items():
            _, end = client.get_watermark_offsets(TopicPartition(shard.topic, shard.partition), cached=True)
            if end >= 0:
                found[shard.key] = max(0, end - self._journals[shard.key].position.t)
        return found

    def look(self, shards: Sequence[Shard]) -> None:
        """Read what is published of all shards, and control, side by side: a start then waits only once."""
        self._outlets.open(shards[0])
        with ThreadPoolExecutor(len(shards) + 1) as pool:
            control = pool.submit(lambda: self._control)
            list(pool.map(self.published, shards))
            control.result()

    def published(self, shard: Shard) -> dict[str, Place]:
        """Return the place of the last record on each output partition, once nobody else can append."""
        if shard.key not in self._places:
            self._outlets.open(shard)
            names = {output(topic, self._settings): topic for topic in TOPICS}
            found = tails(self._settings.kafka_bootstrap, list(names), shard.number)
            self._places[shard.key] = {names[topic]: self._place(topic, t) for topic, t in found.items()}
            reach("open.read")
        return self._places[shard.key]

    def _place(self, topic: str, tail: Tail) -> Place:
        """Return where the last record stands; of one that is gone, only its ordinal is known."""
        if tail.last is not None:
            return place(tail.last.value(), headers_of(tail.last))
        if self._settings.output_transactions:
            raise BrokerError(
                f"{topic}: all records are gone by retention, and behind transactions their number cannot be "
                "told; give this instance topics of its own with TOPIC_SUFFIX"
            )
        return Place(tail.end - 1, 0, 0)

    def open(self, shard: Shard, saved: bytes | None) -> ShardInputs:
        """Fence the shard's journal and place its inputs; raise where its history cannot be continued."""
        state = unpack(saved) if saved else {}
        position = Position(**state.get("position", {}))
        published = self.published(shard)
        ticks = consumer(self._settings.kafka_bootstrap)
        fenced = fence(self._log, ticks, shard, position)
        found = Found(fenced, *ends(ticks, shard.topic, shard.partition), published)
        try:
            journal = resume(position, found)
            genesis = self._beginning.first(shard, ticks, journal, found)
        except GapError as gap:
            journal, genesis = self._beginning.behind(shard, found, str(gap), self._control)
            state = {}
        ticks.assign([TopicPartition(shard.topic, shard.partition, journal.position.t)])
        self._journals[shard.key], self._ticks[shard] = journal, ticks
        at = journal.position.t
        _LOG.info("shard open", shard=shard.key, tick=at, published_to=found.barrier, gen=journal.gen)
        reach("open.done")
        return ShardInputs(
            shard=shard,
            ticks=ticks,
            decoder=Decoder(tick_topics(self._settings)[shard.topic]),
            control=self._control,
            log=self._log,
            journal=journal,
            silence=Silence(admin(self._settings.kafka_bootstrap), shard.topic, shard.partition),
            models=self._models(state, journal, genesis),
            genesis=genesis,
            log_ts=state.get("log_ts", 0),
        )

    def _models(
        self, state: Mapping[str, Any], journal: Journal, genesis: dict[str, Any] | None
    ) -> ShardModels:
        """Load the bundles that the shard's desk has, or is to have by entries that are taken in again."""
        desk = Desk.from_dict(state["desk"]) if state.get("desk") else None
        models = ShardModels(desk, self._built_in, self._loader)
        models.require(journal.pending, genesis)
        return models
