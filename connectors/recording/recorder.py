"""Recording a run off its topics, which goes on undisturbed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from connectors.kafka.topics import JOURNAL, output, shards, tick_topics
from connectors.recording.bundles import keep
from connectors.recording.cut import cut
from connectors.recording.errors import RecordingError
from connectors.recording.manifest import FORMAT, RecordedShard, Recording
from connectors.recording.parts import new_folder
from connectors.recording.shard_recorder import ShardRecorder, Told, Window
from connectors.recovery.manifest import app_version
from connectors.settings import Settings
from models.judge.records import TOPICS
from models.spec import Spec


def record(
    settings: Settings, spec: Spec, folder: Path, window: Window, told: Callable[[int], Told]
) -> Recording:
    """Write all shards of a run into a new folder; return what it holds.

    ``told`` is given how many records there are at most, and returns what hears of each of them.
    Raises ``RecordingError``, and what the broker's side raises.
    """
    if window.since is not None and window.until is not None and window.since >= window.until:
        raise RecordingError("the window is empty: --from must lie before --to")
    cuts = [cut(settings, shard) for shard in shards(settings)]
    with new_folder(folder):
        count = told(sum(c.records for c in cuts))
        found = [ShardRecorder(settings, spec, c, folder, count).record(window) for c in cuts]
        if not any(shard.begins for shard in found):
            raise RecordingError("no shard has begun: there is nothing to record yet")
        recording = _manifest(settings, spec, window, found)
        keep(folder, recording, settings)
        recording.write(folder)
    return recording


def _manifest(settings: Settings, spec: Spec, window: Window, found: list[RecordedShard]) -> Recording:
    return Recording(
        format=FORMAT,
        app=app_version(),
        fingerprint=spec.fingerprint(),
        spec=asdict(spec),
        ticks=tick_topics(settings),
        topics={topic: output(topic, settings) for topic in (JOURNAL, *TOPICS)},
        since=window.since,
        until=window.until,
        shards=found,
    )
