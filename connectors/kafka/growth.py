"""Tick topics that were given more partitions: noticed while running, taken in by an operator.

More partitions send symbols elsewhere, so this is no matter for a program alone: the output topics grow too,
the shards that symbols left are told, and the instances start anew with the new shards.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import closing

import structlog
from confluent_kafka.admin import NewPartitions  # type: ignore[attr-defined]

from connectors.kafka.clients import admin, reader
from connectors.kafka.errors import TopicsError
from connectors.kafka.reading import ends, read_range
from connectors.kafka.topics import JOURNAL, existing, output, plans, tick_topics
from connectors.settings import Settings
from models.judge.records import Shard

_LOG = structlog.get_logger()
LOOK_EVERY_S = 30.0


class Growth:
    """Looks every 30 s whether tick topics have partitions that are no shards, and says so once."""

    def __init__(self, settings: Settings, shards: Sequence[Shard]) -> None:
        self.unread = 0
        self._settings = settings
        self._known = Counter(shard.topic for shard in shards)
        self._ending = threading.Event()
        threading.Thread(target=self._watch, name="growth", daemon=True).start()

    def close(self) -> None:
        """Look no more."""
        self._ending.set()

    def _watch(self) -> None:
        while not self._ending.wait(LOOK_EVERY_S):
            try:
                self.look()
            except TopicsError as error:
                _LOG.warning("partitions could not be looked at", why=str(error))

    def look(self) -> None:
        """Count the partitions that nobody reads."""
        have = existing(self._settings.kafka_bootstrap)
        grown = {topic: have.get(topic, 0) - count for topic, count in self._known.items()}
        unread = sum(more for more in grown.values() if more > 0)
        if unread > self.unread:
            _LOG.error(
                "nobody reads new partitions of the tick topics: levibot topics grow", partitions=grown
            )
        self.unread = unread


def grow(settings: Settings) -> dict[str, int]:
    """Give journal and output topics a partition for each new one of the tick topics.

    Return the tick topics that were grown, with their partitions now. Raises ``TopicsError`` where another
    topic than the last one was grown, since the numbers of other shards would change.
    """
    have = existing(settings.kafka_bootstrap)
    counts = {topic: have[topic] for topic in tick_topics(settings) if topic in have}
    shards = [Shard(t, p, 0) for t, count in counts.items() for p in range(count)]
    known = have.get(output(JOURNAL, settings), 0)
    _check_numbers(settings, shards[:known])
    wanted = [
        plan for plan in plans(settings, counts) if have.get(plan.name, plan.partitions) < plan.partitions
    ]
    client = admin(settings.kafka_bootstrap)
    if wanted:
        futures = client.create_partitions([NewPartitions(plan.name, plan.partitions) for plan in wanted])
        for future in futures.values():
            future.result()
    return {shard.topic: counts[shard.topic] for shard in shards[known:]}


def _check_numbers(settings: Settings, shards: Sequence[Shard]) -> None:
    """Refuse where a journal partition is that of another shard than the one that now has its number."""
    topic = output(JOURNAL, settings)
    with closing(reader(settings.kafka_bootstrap)) as client:
        for number, shard in enumerate(shards):
            low, high = ends(client, topic, number)
            first = next(read_range(client, topic, number, low, min(high, low + 1)), None)
            owner = (first.key() or b"").decode() if first is not None else shard.key
            if owner != shard.key:
                raise TopicsError(
                    f"{topic}/{number} is the journal of {owner} and would become that of {shard.key}: "
                    "only the last topic of TICK_TOPICS may be given more partitions"
                )
