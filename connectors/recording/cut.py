"""A consistent cut through the topics of a shard of a run that may be going on.

The ends are asked for against the flow of records: outputs, then journal, then ticks. What an output depends
on was in the log before it was, so that all outputs inside the cut can be computed from ticks and journal
inside the cut. The other way round does not hold: the run may have published more by then than the cut says.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import NamedTuple

from connectors.kafka.clients import consumer
from connectors.kafka.messages import offset_of
from connectors.kafka.reading import ends, tails
from connectors.kafka.topics import JOURNAL, output
from connectors.settings import Settings
from models.judge.records import TOPICS, Shard


class Range(NamedTuple):
    """Offsets of a partition that are still kept: ``low``, and ``end`` behind the last record."""

    low: int
    end: int

    @property
    def records(self) -> int:
        """Return how many there are at most."""
        return max(self.end - self.low, 0)


@dataclass(frozen=True, slots=True)
class Cut:
    """What is there of one shard."""

    shard: Shard
    outputs: Mapping[str, Range]  # by topic, without those never written to
    journal: Range
    ticks: Range

    @property
    def records(self) -> int:
        """Return how many are to be read at most; the journal is read twice."""
        return sum(kept.records for kept in (*self.outputs.values(), self.journal, self.journal, self.ticks))


def cut(settings: Settings, shard: Shard) -> Cut:
    """Ask the broker for the ends of a shard's partitions, outputs first and ticks last."""
    names = {output(topic, settings): topic for topic in TOPICS}
    journal = output(JOURNAL, settings)
    found = ranges(settings, list(names), shard.number)
    return Cut(
        shard,
        {names[name]: kept for name, kept in found.items()},
        ranges(settings, [journal], shard.number).get(journal, Range(0, 0)),
        ranges(settings, [shard.topic], shard.partition).get(shard.topic, Range(0, 0)),
    )


def ranges(settings: Settings, topics: list[str], partition: int) -> dict[str, Range]:
    """Return what is kept of a partition of each topic; markers of transactions at the end are no records."""
    found = tails(settings.kafka_bootstrap, topics, partition)
    with closing(consumer(settings.kafka_bootstrap)) as client:
        lows = {topic: ends(client, topic, partition)[0] for topic in found}
    lasts = {topic: offset_of(tail.last) for topic, tail in found.items() if tail.last is not None}
    return {topic: Range(low, lasts.get(topic, low - 1) + 1) for topic, low in lows.items()}
