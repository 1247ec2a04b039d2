"""The newest records that the account has published: what its view shows before there are any new ones."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import orjson

from connectors.kafka.clients import reader
from connectors.kafka.reading import ends, read_range
from connectors.kafka.topics import ACCOUNT_SHARD, account_output
from connectors.settings import Settings

COUNT = 1_000
"""More than are shown, since two books share the topics."""


def recent(topic: str, settings: Settings) -> list[dict[str, Any]]:
    """Return the bodies of the last ``COUNT`` records of a topic of the account, oldest first."""
    name, number = account_output(topic, settings), ACCOUNT_SHARD.number
    with closing(reader(settings.kafka_bootstrap)) as client:
        low, high = ends(client, name, number)
        found = read_range(client, name, number, max(low, high - COUNT), high)
        return [orjson.loads(message.value() or b"") for message in found]
