"""The records of a topic in a recorded run, shard by shard."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from connectors.recording.errors import RecordingError
from connectors.recording.manifest import read
from connectors.recording.parts import read_parts
from connectors.recording.rows import OUTPUTS

Plain = dict[str, Any]
Told = Callable[[int], None]
NS = 1_000_000_000


def recorded_since(folder: Path, topic: str, seconds: float, told: Told) -> Iterator[Plain]:
    """Yield each shard's records of the last ``seconds`` before its newest; raise ``RecordingError``."""
    for frames in _shards(folder, topic):
        newest = max((body["ts"] for body in _last(frames())), default=0)
        for frame in frames():
            told(len(frame))
            yield from (body for body in _bodies(frame) if body["ts"] > newest - int(seconds * NS))


def recorded_newest(
    folder: Path, topic: str, count: int, wanted: Callable[[Plain], bool], told: Told
) -> Iterator[Plain]:
    """Yield each shard's last ``count`` wanted records; raise ``RecordingError``."""
    for frames in _shards(folder, topic):
        found: deque[Plain] = deque(maxlen=count)
        for frame in frames():
            told(len(frame))
            found.extend(body for body in _bodies(frame) if wanted(body))
        yield from found


def _shards(folder: Path, topic: str) -> Iterator[Callable[[], Iterator[pl.DataFrame]]]:
    """Yield what reads a shard's table, for each shard that has one."""
    recording = read(folder)
    if topic not in recording.topics:
        raise RecordingError(f"{folder}: recorded by a version without the topic {topic}: record it again")
    for shard in recording.shards:
        rows, stem = shard.outputs.get(topic, 0), shard.stem(f"outputs-{topic}")
        if rows:
            yield lambda stem=stem, rows=rows: read_parts(folder, stem, OUTPUTS, rows)  # type: ignore[misc]


def _last(frames: Iterator[pl.DataFrame]) -> list[Plain]:
    """Return the records of the last file."""
    last = deque(frames, maxlen=1)
    return list(_bodies(last[0])) if last else []


def _bodies(frame: pl.DataFrame) -> Iterator[Plain]:
    return (orjson.loads(value) for value in frame["value"])
