"""The last hours of a run's outputs, by the broker's time of the records.

They are counted back from the newest record, not from now, so that an old recording has them too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from connectors.kafka.messages import timestamp_ms
from connectors.kafka.reading import tails
from connectors.kafka.topics import output, shards
from connectors.recording.errors import RecordingError
from connectors.recording.manifest import Recording
from connectors.settings import Settings
from models.judge.records import TOPICS


def newest_on_topics(settings: Settings) -> int | None:
    """Return the record timestamp (ms) of the newest output of any shard, None where nothing is published.

    Raises ``TopicsError`` and ``BrokerError``.
    """
    names = [output(topic, settings) for topic in TOPICS]
    ends = [
        tail.last
        for shard in shards(settings)
        for tail in tails(settings.kafka_bootstrap, names, shard.number).values()
    ]
    return max((timestamp_ms(last) for last in ends if last is not None), default=None)


def newest_recorded(folder: Path, recording: Recording) -> int | None:
    """Return the record timestamp (ms) of the newest recorded output, None where there is none.

    Raises ``RecordingError`` where a file cannot be read.
    """
    stems = [shard.stem(f"outputs-{topic}") for shard in recording.shards for topic in shard.outputs]
    times = (newest for stem in stems for newest in _newest(folder, stem))
    return max((ms for ms in times if ms is not None), default=None)


def _newest(folder: Path, stem: str) -> Iterator[int | None]:
    for path in sorted(folder.glob(f"{stem}-*.parquet")):
        try:
            yield pl.scan_parquet(path).select(pl.col("ts_ms").max()).collect().item()
        except pl.exceptions.PolarsError as error:
            raise RecordingError(f"{path}: cannot be read ({error}); record the run again") from error


def since(frames: Iterable[pl.DataFrame], ms: int | None) -> Iterator[pl.DataFrame]:
    """Yield output records from the first with that record timestamp on; None: all."""
    begun = ms is None
    for frame in frames:
        if begun:
            yield frame
            continue
        late = frame["ts_ms"] >= ms
        if late.any():
            begun = True
            yield frame.slice(late.arg_max() or 0)
