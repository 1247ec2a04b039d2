"""Running a recording through the signals flow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from bytewax.dataflow import Dataflow

from connectors.recording.bundles import kept
from connectors.recording.compare import Comparison, Pair
from connectors.recording.errors import RecordingError
from connectors.recording.manifest import RecordedShard, Recording, spec_of
from connectors.recording.parts import PartWriter, new_folder, read_parts
from connectors.recording.rows import OUTPUTS, Output, output_row, outputs
from connectors.recording.window import since
from flows.replay.failure import Failure
from flows.replay.sink import Outlet, ReplaySink
from flows.replay.source import RecordedSource, Told
from flows.runtime import run
from flows.signals import signals_flow
from models.judge.records import PROGRESS, SIGNALS, TOPICS, Shard
from models.scoring.registry import UnknownModelError, load_all

EPOCH = timedelta(seconds=10)
Main = Callable[[Dataflow], None]
Kind = TypeVar("Kind", bound=Outlet)
Found = dict[tuple[Shard, str], Kind]


def _run(flow: Dataflow) -> None:
    run(flow, EPOCH)


def replay(folder: Path, recording: Recording, out: Path, told: Told, main: Main = _run) -> dict[str, int]:
    """Write what a recorded run publishes into ``out``; return the number of records by topic.

    Raises ``RecordingError`` where the recording cannot be run by this version or is not whole.
    """

    def outlet(shard: RecordedShard, topic: str) -> _File:
        return _File(PartWriter(out, shard.stem(f"replayed-{topic}"), OUTPUTS))

    with new_folder(out):
        files = _through(folder, recording, outlet, told, main)
    return {topic: sum(file.count for (_, name), file in files.items() if name == topic) for topic in TOPICS}


def compare(
    folder: Path,
    recording: Recording,
    told: Told,
    main: Main = _run,
    *,
    since_ms: int | None = None,
    pairs: Mapping[str, Pair] | None = None,
    spool: Path | None = None,
) -> dict[tuple[Shard, str], Comparison]:
    """Replay a recording and hold every record against the recorded one; by shard and topic.

    ``since_ms`` leaves out recorded ones of an earlier record timestamp; ``pairs`` hear, by topic, of each
    two that are held against each other. Into ``spool`` goes what the paper account needs. Raises as
    ``replay`` does.
    """

    def outlet(shard: RecordedShard, topic: str) -> Comparison:
        frames = read_parts(folder, shard.stem(f"outputs-{topic}"), OUTPUTS, shard.outputs.get(topic, 0))
        recorded, pair = outputs(since(frames, since_ms)), (pairs or {}).get(topic)
        if spool is None or topic not in (SIGNALS, PROGRESS):
            return Comparison(recorded, pair)
        return _Spooled(recorded, pair, PartWriter(spool, shard.stem(f"replayed-{topic}"), OUTPUTS))

    return _through(folder, recording, outlet, told, main)


def _through(
    folder: Path, recording: Recording, outlet: Callable[[RecordedShard, str], Kind], told: Told, main: Main
) -> Found[Kind]:
    spec = spec_of(recording)
    try:
        models = load_all(spec.models) | kept(folder, recording)
    except UnknownModelError as error:
        raise RecordingError(f"a model of the recorded run is not there: {error}") from error
    begun = [shard for shard in recording.shards if shard.begins]
    outlets = {(shard.shard, topic): outlet(shard, topic) for shard in begun for topic in TOPICS}
    failure = Failure()
    source, sink = RecordedSource(folder, recording, told, failure), ReplaySink(outlets, failure)
    main(signals_flow(source, sink, spec, models))
    failure.check()
    for one in outlets.values():
        one.close()
    return outlets


class _Spooled(Comparison):
    """A comparison that keeps what it was given."""

    def __init__(self, recorded: Iterator[Output], pair: Pair | None, writer: PartWriter) -> None:
        super().__init__(recorded, pair)
        self._writer = writer

    def put(self, replayed: Output) -> None:
        """Compare and write the next replayed record."""
        super().put(replayed)
        self._writer.put(output_row(replayed))

    def close(self) -> None:
        """Note the recorded ones that are left, and write the rest."""
        super().close()
        self._writer.close()


class _File:
    """A table of replayed records."""

    def __init__(self, writer: PartWriter) -> None:
        self._writer = writer

    @property
    def count(self) -> int:
        """Return how many records it took."""
        return self._writer.count

    def put(self, output: Output, /) -> None:
        """Write a record."""
        self._writer.put(output_row(output))

    def close(self) -> None:
        """Write what is left."""
        self._writer.close()
