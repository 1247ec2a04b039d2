"""Recorded captures as one history, merged and timed as ``levibot feed file`` would put them into a topic."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from connectors.feed.files import Capture
from connectors.feed.replay import merged
from connectors.tick_history.history import batched, numbered
from models.inputs import TickBatch


class FileHistory:
    """Captures merged by record time, those of one file in its own order."""

    def __init__(self, captures: Sequence[Capture]) -> None:
        self._captures = captures
        self._size = sum(capture.source.size for capture in captures)
        self._past = [0] * len(captures)
        self.total: int | None = None

    @property
    def share(self) -> float:
        """How much of the files has been read, in bytes on disk."""
        # a file that was read to its end and closed has no position any more
        self._past = [
            max(past, c.source.position) for past, c in zip(self._past, self._captures, strict=True)
        ]
        return sum(self._past) / self._size if self._size else 1.0

    def batches(self) -> Iterator[TickBatch]:
        """Yield the records; raise ``FeedError`` for what cannot be read to its end."""
        self._past = [0] * len(self._captures)
        yield from batched(numbered((record.ts, record.value) for record in merged(self._captures)))
        self._past = [capture.source.size for capture in self._captures]

    def sources(self) -> list[dict[str, Any]]:
        """Return name, format, main symbol, size and SHA-256 of each file, in the given order."""
        return [
            {
                "file": capture.path.name, "format": capture.format, "symbol": capture.symbol,
                "bytes": capture.source.size, "sha256": _sha256(capture.path),
            }
            for capture in self._captures
        ]  # fmt: skip


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
