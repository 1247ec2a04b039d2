"""What is left after the chaos, against a replay of it in one go."""

from __future__ import annotations

from pathlib import Path

from connectors import start_values
from connectors.recording.recorder import record
from connectors.recording.shard_recorder import Window
from connectors.settings import Settings
from flows.chaos.outcome import Bytes
from flows.replay.whole import compare_whole


def replayed(settings: Settings, folder: Path) -> Bytes:
    """Record the run and return how many of its records a replay has otherwise."""
    spec, paper = start_values.spec(settings), start_values.paper_spec(settings)
    recording = record(settings, spec, folder, Window(None, None), lambda _: _unheard, paper)
    found = compare_whole(folder, recording, _unheard).values()
    compared = sum(one.recorded for one in found)
    return Bytes(compared, compared - sum(one.equal for one in found))


def _unheard(_: int) -> None:
    pass
