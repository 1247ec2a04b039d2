"""Reading closed one-second bars back from the ``features`` topic.

Delivery: every retained record once, per shard in order.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson
import polars as pl

from connectors.kafka.clients import reader
from connectors.kafka.reading import ends, read_range
from connectors.kafka.topics import output, shards
from connectors.settings import Settings
from models.judge.records import FEATURES
from models.market.rollup import SCHEMA


def second_bars(settings: Settings, symbol: str) -> pl.DataFrame:
    """Return the retained one-second bars of a symbol, with the columns of ``rollup.SCHEMA``."""
    return pl.DataFrame(list(_rows(settings, symbol)), schema=SCHEMA, orient="row")


def _rows(settings: Settings, symbol: str) -> Iterator[tuple[object, ...]]:
    known = shards(settings)
    client = reader(settings.kafka_bootstrap)
    topic, key = output(FEATURES, settings), symbol.encode()
    try:
        for shard in known:
            low, high = ends(client, topic, shard.number)
            for message in read_range(client, topic, shard.number, low, high):
                if message.key() == key:
                    body = orjson.loads(message.value() or b"{}")
                    if body["tf"] == "1s":
                        yield tuple(body[name] for name in SCHEMA)
    finally:
        client.close()
