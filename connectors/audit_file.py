"""An append-only file of JSON lines that its owner alone may read.

Delivery: a line is handed to the system whole before the call returns; it is not forced to the disk. Unit
of parallelism: the line, so that several processes and threads may append. The file is opened anew for
each, so that it may be moved away at any time, as logrotate does.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson

MODE = 0o600
_TAIL_BYTES = 1 << 20


class AuditFile:
    """A file of JSON lines; its folder and itself are made where they are missing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, body: dict[str, Any]) -> None:
        """Append a line; raises ``OSError`` where the file is a link, or cannot be written to."""
        line = orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, MODE)
        try:
            if os.fstat(handle).st_mode & 0o077:
                os.fchmod(handle, MODE)
            written = os.write(handle, line)
        finally:
            os.close(handle)
        if written < len(line):
            raise OSError(f"{self._path}: only {written} of {len(line)} bytes could be written")

    def newest(self, count: int) -> list[dict[str, Any]]:
        """Return the last lines of the file, newest first, as far as its last MiB has them; none without one.

        What is no JSON object, such as a line that a full disk cut, is passed over.
        """
        try:
            with self._path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - _TAIL_BYTES))
                lines = file.read().splitlines()
        except FileNotFoundError:
            return []
        found = (_object(line) for line in reversed(lines if size <= _TAIL_BYTES else lines[1:]))
        return [body for body in found if body is not None][:count]


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None
