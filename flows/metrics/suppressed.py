"""Counting what is made again after a crash and not published, by topic."""

from __future__ import annotations

from collections import Counter

from connectors.codecs.wire import Encoded
from connectors.kafka.sink import OnSuppressed
from models.judge.records import Shard


class Suppressed:
    """Called by the sink for each such record; ``then`` is called as well."""

    def __init__(self, then: OnSuppressed | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self._then = then

    def __call__(self, shard: Shard, record: Encoded) -> None:
        """Count a record."""
        self.counts[record.topic] += 1
        if self._then is not None:
            self._then(shard, record)
