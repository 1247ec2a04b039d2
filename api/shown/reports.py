"""The reports under one folder: which there are, and the content of one that was listed.

A report is asked for by the very name under which it is listed; nothing else is ever opened, so no name can
lead out of the folder. Links are neither listed nor followed.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

TYPES = {".html": "text/html; charset=utf-8", ".json": "application/json"}
DEPTH = 4
MOST = 1_000
MAX_BYTES = 64 << 20


class Report(NamedTuple):
    """A file by its place under the folder, as it was when it was listed."""

    name: str  # parts joined by "/"
    bytes: int
    modified_at: int  # ns

    @property
    def kind(self) -> str:
        """Return the folder it stands in, such as ``backtests``; empty at the top."""
        return self.name.rpartition("/")[0]


def reports(folder: Path) -> list[Report]:
    """Return the newest reports, newest first; none where there is no folder."""
    found = sorted(_walk(folder, ""), key=lambda one: (-one.modified_at, one.name))
    return found[:MOST]


def content(folder: Path, name: str) -> tuple[bytes, str] | None:
    """Return the bytes and the media type of a report, None where none is listed under this name."""
    if all(name != one.name for one in reports(folder)):
        return None
    try:
        handle = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:  # gone since it was listed
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read(MAX_BYTES), TYPES[Path(name).suffix]


def _walk(folder: Path, prefix: str, depth: int = DEPTH) -> list[Report]:
    try:
        with os.scandir(folder) as entries:
            return [one for entry in entries for one in _of(entry, prefix, depth)]
    except OSError:
        return []


def _of(entry: os.DirEntry[str], prefix: str, depth: int) -> list[Report]:
    name = f"{prefix}{entry.name}"
    if entry.name.startswith("."):
        return []
    if depth and entry.is_dir(follow_symlinks=False):
        return _walk(Path(entry.path), f"{name}/", depth - 1)
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return []
    listed = stat.S_ISREG(found.st_mode) and Path(entry.name).suffix in TYPES and found.st_size <= MAX_BYTES
    return [Report(name, found.st_size, found.st_mtime_ns)] if listed else []
