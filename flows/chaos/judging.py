"""What is left after the chaos, against a replay of it in one go."""

from __future__ import annotations

from pathlib import Path

from connectors import start_values
from connectors.recording.recorder import record
from connectors.recording.shard_recorder import Window
from connectors.settings import Settings
from flows.chaos.outcome import Bytes
from flows.replay.running import compare


def replayed(settings: Settings, folder: Path) -> Bytes:
    """Record the run and return how many of its records a replay has otherwise."""
    recording = record(settings, start_values.spec(settings), folder, Window(None, None), lambda _: _unheard)
    found = compare(folder, recording, _unheard).values()
    compared = sum(one.recorded for one in found)
    return Bytes(compared, compared - sum(one.equal for one in found))


def _unheard(_: int) -> None:
    pass
