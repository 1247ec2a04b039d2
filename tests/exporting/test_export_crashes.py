"""An export that dies wherever it touches the disk: in the end each line is there once."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from flows.exporting.errors import ExportError
from flows.exporting.folder import ExportFolder
from flows.exporting.positions import Position

DAY = 86_400 * 10**9
START = 20_000 * DAY
LOG = [("predictions" if n % 3 else "trades", START + n * DAY // 8, f"{n:03d}") for n in range(40)]
"""Kind, event time and line: five days of two kinds."""
BATCH = 4


class DeadError(Exception):
    """The process is gone."""


class Mortal:
    """Lets so many touches of the disk pass, and then none: what was done stays, what was not is gone."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, touches: int) -> None:
        self.left = touches
        monkeypatch.setattr(os, "fsync", self._dying(os.fsync))
        monkeypatch.setattr(Path, "rename", self._dying(Path.rename))
        monkeypatch.setattr(Path, "unlink", self._dying(Path.unlink))

    def _dying(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def touch(*given: Any, **more: Any) -> Any:
            if self.left == 0:
                raise DeadError
            self.left -= 1
            return real(*given, **more)

        return touch


def export(path: Path) -> None:
    """Go on from the positions to the end of the log, as a process does."""
    folder = ExportFolder(path, most_bytes=12, keep_days=99)
    try:
        at = folder.positions.partitions.get("log/0", Position(0, 0, ""))
        for batch in batches(LOG[at.offset :]):
            for kind, ts, line in batch:
                folder.write(kind, ts, line.encode())
                at = Position(at.offset + 1, at.offset + 1, "")
            folder.positions.partitions["log/0"] = at
            folder.commit()
    finally:
        folder.close()


def batches(rest: list[tuple[str, int, str]]) -> list[list[tuple[str, int, str]]]:
    """Return what is committed together."""
    return [rest[n : n + BATCH] for n in range(0, len(rest), BATCH)]


def lines(path: Path) -> list[str]:
    """Return all lines of all files, in order."""
    found = [(one.suffix, one.read_bytes()) for one in path.glob("*.jsonl*")]
    texts = [gzip.decompress(content) if suffix == ".gz" else content for suffix, content in found]
    return sorted(b"".join(texts).decode().split())


def test_every_line_is_there_once_wherever_it_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each process gets one touch further than the one before, until one comes to the end."""
    wanted = sorted(line for _, _, line in LOG)
    deaths = 0
    for touches in range(1, 400):
        with monkeypatch.context() as patch:
            Mortal(patch, touches)
            try:
                export(tmp_path)
                break
            except DeadError:
                deaths += 1
    assert lines(tmp_path) == wanted
    assert deaths > 5


@pytest.mark.parametrize("touches", range(1, 120, 7))
def test_one_death_and_a_new_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, touches: int) -> None:
    """The second process ends the work of the first."""
    with monkeypatch.context() as patch:
        Mortal(patch, touches)
        with suppress(DeadError):
            export(tmp_path)
    try:
        export(tmp_path)
    except ExportError as error:
        pytest.fail(f"it cannot go on after {touches} touches: {error}")
    assert lines(tmp_path) == sorted(line for _, _, line in LOG)
