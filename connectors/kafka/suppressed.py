"""For tests: what is suppressed because it is published already must be the same to the last byte."""

from __future__ import annotations

from contextlib import closing

from connectors.codecs.wire import Encoded, place
from connectors.kafka.clients import reader
from connectors.kafka.errors import BrokerError
from connectors.kafka.messages import headers_of
from connectors.kafka.reading import ends, read_range
from models.judge.records import Shard


class Comparison:
    """Holds the bytes of what was published before this process, from the first suppressed record on."""

    def __init__(self, bootstrap: str, suffix: str) -> None:
        self._bootstrap = bootstrap
        self._suffix = suffix
        self._known: dict[tuple[str, int], dict[int, tuple[bytes | None, bytes | None]]] = {}

    def __call__(self, shard: Shard, record: Encoded) -> None:
        """Raise ``BrokerError`` if the log holds something else under the record's ordinal."""
        where = (record.topic, shard.number)
        if where not in self._known:
            self._known[where] = self._read(*where, record.ordinal)
        key, value = self._known[where].get(record.ordinal, (record.key, record.value))
        if (key, value) != (record.key, record.value):
            raise BrokerError(
                f"shard {shard.key}: record {record.ordinal} of {record.topic} was published as {value!r}, "
                f"and is now {record.value!r}"
            )

    def _read(self, topic: str, partition: int, ordinal: int) -> dict[int, tuple[bytes | None, bytes | None]]:
        """Read from an ordinal on: a record's offset is never below it, since each took at least one."""
        name = topic + self._suffix
        with closing(reader(self._bootstrap)) as client:
            low, high = ends(client, name, partition)
            messages = read_range(client, name, partition, max(low, ordinal), high)
            return {place(m.value(), headers_of(m)).ordinal: (m.key(), m.value()) for m in messages}
