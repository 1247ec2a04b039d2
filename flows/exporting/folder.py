"""The folder of an export: a JSONL file for each kind and day (UTC), gzipped when full or its day is over.

``predictions_20261121.jsonl`` is being written; put away it is ``predictions_20261121.001.jsonl.gz``, and on.
Lines count once ``commit`` has returned: a crash before leaves them to be written again, never twice.
"""

from __future__ import annotations

import gzip
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from connectors.bundles import atomic
from flows.exporting.errors import ExportError
from flows.exporting.positions import FILE, Positions, load, save

DAY_NS = 86_400 * 10**9
LATE_NS = 3_600 * 10**9
"""A day's file stays open so long into the next one, for shards that are behind."""
_OURS = re.compile(r"(predictions|trades)_(\d{8})(?:\.jsonl|\.\d{3,}(\.jsonl\.gz))")


class ExportFolder:
    """The files of one export, taken up where the last one ended; the caller holds the folder's lock."""

    def __init__(self, path: Path, *, most_bytes: int, keep_days: int) -> None:
        self._path = path
        self._most = most_bytes
        self._keep = timedelta(days=keep_days)
        self._files: dict[str, BinaryIO] = {}
        found = load(path)
        if found is None:
            self._begin()
        self.positions = found or Positions()
        self._mend()

    def write(self, kind: str, ts: int, line: bytes) -> None:
        """Add a line to the file of a kind and of the day (UTC) of ``ts``, ns."""
        name = f"{kind}_{day_of(ts)}.jsonl"
        file = self._files.get(name)
        if file is None:
            file = self._files[name] = (self._path / name).open("ab")
        file.write(line + b"\n")
        newest = self.positions.newest
        newest[kind] = max(ts, newest.get(kind, ts))

    def commit(self) -> None:
        """Make lines and ``positions`` durable; then put away what is full or over, remove what is old."""
        for name, file in self._files.items():
            file.flush()
            os.fsync(file.fileno())
            self.positions.lengths[name] = file.tell()
        save(self._path, self.positions)
        for name in [name for name in self.positions.lengths if self._is_done(name)]:
            self._put_away(name)
        self._forget_old()

    def files(self) -> list[str]:
        """Return the names of all files of the export."""
        return sorted(path.name for path in self._path.iterdir() if _OURS.fullmatch(path.name))

    def close(self) -> None:
        """Close the files; what was not committed is cut off at the next start."""
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _begin(self) -> None:
        if there := self.files():
            raise ExportError(
                f"{self._path} has {there[0]} but no {FILE}, so that lines would come twice: "
                "move the files away, or export into another folder, --out DIR"
            )
        save(self._path, Positions())

    def _mend(self) -> None:
        """Cut off what a crash left behind the last commit."""
        for name, length in self.positions.lengths.items():
            path = self._path / name
            if not path.exists() or path.stat().st_size < length:
                raise ExportError(
                    f"{path} is shorter than {length} bytes: export into a new folder, --out DIR"
                )
            os.truncate(path, length)
        for path in self._path.glob(".new-*"):
            path.unlink()
        for name in self.files():
            if not self._is_known(name):
                (self._path / name).unlink()

    def _is_known(self, name: str) -> bool:
        """Return whether the positions know of a file: a part that a crash left has its lines elsewhere."""
        if name.endswith(".jsonl"):
            return name in self.positions.lengths
        stem, part, *_ = name.split(".")
        return int(part) <= self.positions.parts.get(stem, 0)

    def _is_done(self, name: str) -> bool:
        kind, _, day = name.removesuffix(".jsonl").partition("_")
        over = day < day_of(self.positions.newest[kind] - LATE_NS)
        return over or self.positions.lengths[name] >= self._most

    def _put_away(self, name: str) -> None:
        stem = name.removesuffix(".jsonl")
        path, part = self._path / name, self.positions.parts.get(stem, 0) + 1
        atomic.write(self._path / f"{stem}.{part:03d}.jsonl.gz", gzip.compress(path.read_bytes(), mtime=0))
        if file := self._files.pop(name, None):
            file.close()
        self.positions.parts[stem] = part
        del self.positions.lengths[name]
        save(self._path, self.positions)
        path.unlink()

    def _forget_old(self) -> None:
        """Remove what is older than the days to keep, counted from the newest record of its kind."""
        for name in self.files():
            found = _OURS.fullmatch(name)
            assert found is not None
            newest = self.positions.newest.get(found[1])
            if newest is not None and found[3] and _date(found[2]) < _date(day_of(newest)) - self._keep:
                (self._path / name).unlink()


def day_of(ts: int) -> str:
    """Return the day (UTC) of a time in ns as YYYYMMDD."""
    return f"{datetime.fromtimestamp(ts // 10**9, UTC):%Y%m%d}"


def _date(day: str) -> datetime:
    return datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
