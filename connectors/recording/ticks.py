"""The recorded ticks of a shard as a history, for what is computed of ticks alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from connectors.recording.manifest import RecordedShard, Recording
from connectors.recording.parts import read_parts
from connectors.recording.rows import TICKS
from connectors.tick_history.history import MILLI, Raw, batched
from models.inputs import TickBatch


class RecordedTicks:
    """Every tick of a shard since its genesis."""

    def __init__(self, folder: Path, recording: Recording, shard: RecordedShard) -> None:
        self._folder = folder
        self._codec = recording.ticks[shard.topic]
        self._shard = shard
        self._read = 0
        self.total: int | None = shard.ticks

    @property
    def share(self) -> float:
        """How much has been read, in records."""
        return self._read / self._shard.ticks if self._shard.ticks else 1.0

    def batches(self) -> Iterator[TickBatch]:
        """Yield the records; raise ``RecordingError`` where files are missing or foreign."""
        self._read = 0
        return batched(self._records(), self._codec)

    def sources(self) -> list[dict[str, Any]]:
        """Return topic, partition and where the ticks begin."""
        one = self._shard
        where = {"topic": one.topic, "partition": one.partition, "ticks": one.ticks}
        return [{"recording": self._folder.name, **where, "begins": one.begins, "codec": self._codec}]

    def _records(self) -> Iterator[Raw]:
        for frame in read_parts(self._folder, self._shard.stem("ticks"), TICKS, self._shard.ticks):
            for offset, ms, value in frame.select("offset", "ts_ms", "value").iter_rows():
                self._read += 1
                yield Raw(offset, ms * MILLI, value)
