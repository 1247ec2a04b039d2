"""A tick topic as histories, one a partition, up to where it ended when they were asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.kafka.tick_range import TickRange, cluster_of, ranges, read
from connectors.tick_history.history import HistoryError, Raw, TickHistory, batched
from models.inputs import TickBatch


class PartitionHistory:
    """A range of offsets of one partition."""

    def __init__(self, bootstrap: str, where: TickRange, codec: str) -> None:
        self._bootstrap = bootstrap
        self._where = where
        self._codec = codec
        self._next = where.start
        self.total: int | None = where.end - where.start

    @property
    def share(self) -> float:
        """How much of the range has been read, in offsets."""
        return (self._next - self._where.start) / (self._where.end - self._where.start)

    def batches(self) -> Iterator[TickBatch]:
        """Yield the records; raise ``BrokerError`` where they do not come, or are gone by retention."""
        return batched(self._records(), self._codec)

    def sources(self) -> list[dict[str, Any]]:
        """Return topic, partition, the range of offsets and the broker's name of its cluster."""
        topic, partition, start, end = self._where
        where = {"topic": topic, "partition": partition, "from_offset": start, "to_offset": end}
        return [{**where, "codec": self._codec, "cluster_id": cluster_of(self._bootstrap)}]

    def _records(self) -> Iterator[Raw]:
        for offset, ms, value in read(self._bootstrap, self._where):
            self._next = offset + 1
            yield Raw(offset, ms * 1_000_000, value)
        self._next = self._where.end


def topic(bootstrap: str, name: str, days: float | None = None, codec: str = "auto") -> list[TickHistory]:
    """Return a history for each partition that has records, of the last ``days`` or of all that is kept.

    The days count back from the newest record of the topic, so that recorded ticks can be old. Raises
    ``HistoryError`` where there is no record, ``TopicsError`` without the topic or a broker.
    """
    found = ranges(bootstrap, name, days)
    if not found:
        raise HistoryError(f"topic {name} has no records; feed it with: levibot feed --help")
    return [PartitionHistory(bootstrap, where, codec) for where in found]
