"""``replay_YYYYMMDD.json``: what a replay and the run it is of have, side by side."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from connectors.bundles import atomic
from connectors.recording.errors import RecordingError
from connectors.recording.manifest import Recording
from flows.replay.comparing import Compared

FORMAT = 1


def as_report(found: Compared, recording: Recording, source: str, made: datetime) -> dict[str, Any]:
    """Return the report; ``source`` is the folder of the recording, or the topics it was made of."""
    return {
        "format": FORMAT,
        "made_at": made.isoformat(timespec="seconds"),
        "source": source,
        "app": recording.app,
        "fingerprint": recording.fingerprint,
        "shards": [
            {
                "topic": shard.topic, "partition": shard.partition, "begins": shard.begins,
                "ticks": shard.ticks, "journal": shard.journal,
            }
            for shard in recording.shards
        ],
        **found.as_dict(),
    }  # fmt: skip


def write(folder: Path, report: dict[str, Any], made: datetime) -> Path:
    """Write a report under the day (UTC) it was made on, in place of an earlier one; return its path."""
    path = folder / f"replay_{made.astimezone(UTC):%Y%m%d}.json"
    try:
        atomic.write(path, orjson.dumps(report, option=orjson.OPT_INDENT_2) + b"\n")
    except OSError as error:
        raise RecordingError(f"{path}: cannot be written ({error.strerror}); choose --out") from error
    return path
