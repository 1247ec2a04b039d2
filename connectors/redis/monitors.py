"""What the view keeps of the monitors: the last records of each model, beside each symbol's answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.redis.reader import ViewReader

Plain = dict[str, Any]

FIELD = "monitors"
"""In a symbol's entry: ``{reference: {"calibration": record, "drift": record}}``."""


def monitor_records(reader: ViewReader, topic: str) -> Iterator[Plain]:
    """Yield the last record of a topic of each symbol and model, as it was published.

    A view without them yields nothing. Raises ``RedisDownError``.
    """
    for shard in reader.shards().values():
        for symbol in shard["symbols"].values():
            found = (symbol.get(FIELD) or {}).values()
            yield from (by_topic[topic] for by_topic in found if by_topic.get(topic))
