"""Recording a run off its topics, which goes on undisturbed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from connectors.kafka.topics import JOURNAL, output, shards, tick_topics
from connectors.recording.account_recorder import AccountRecorder, account_cut
from connectors.recording.bundles import keep
from connectors.recording.cut import cut
from connectors.recording.errors import RecordingError
from connectors.recording.manifest import FORMAT, RecordedAccount, RecordedShard, Recording
from connectors.recording.parts import new_folder
from connectors.recording.reading import Told
from connectors.recording.shard_recorder import ShardRecorder, Window
from connectors.recovery.manifest import app_version
from connectors.settings import Settings
from models.judge.records import TOPICS
from models.paper.spec import PaperSpec
from models.spec import Spec


def record(
    settings: Settings,
    spec: Spec,
    folder: Path,
    window: Window,
    told: Callable[[int], Told],
    account: PaperSpec | None = None,
) -> Recording:
    """Write all shards of a run, and the paper account of that spec, into a new folder; return what it holds.

    ``told`` is given how many records there are at most, and returns what hears of each of them.
    Raises ``RecordingError``, and what the broker's side raises.
    """
    if window.since is not None and window.until is not None and window.since >= window.until:
        raise RecordingError("the window is empty: --from must lie before --to")
    # what the account published follows from what the shards did, so its ends are asked for first
    own = account_cut(settings) if account else None
    cuts = [cut(settings, shard) for shard in shards(settings)]
    with new_folder(folder):
        count = told(sum(c.records for c in cuts) + (own.records if own else 0))
        found = [ShardRecorder(settings, spec, c, folder, count).record(window) for c in cuts]
        if not any(shard.begins for shard in found):
            raise RecordingError("no shard has begun: there is nothing to record yet")
        kept = None
        if account and own:
            lines = {c.shard.key: c for c in cuts}
            kept = AccountRecorder(settings, account, own, folder, count).record(window, lines)
        recording = _manifest(settings, spec, window, found, kept)
        keep(folder, recording, settings)
        recording.write(folder)
    return recording


def _manifest(
    settings: Settings,
    spec: Spec,
    window: Window,
    found: list[RecordedShard],
    account: RecordedAccount | None,
) -> Recording:
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
        account=account,
    )
