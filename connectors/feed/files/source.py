"""A file as plain bytes, whatever it is packed in, and how far it has been read."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, cast

from connectors.feed.errors import FeedError

_HEAD = 1 << 16


class Source:
    """One capture on disk: bare, gzipped, or the only file of a zip archive."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._raw: IO[bytes] | None = None
        self._told = 0
        try:
            self.size = path.stat().st_size
        except OSError as error:
            raise FeedError(f"{path}: cannot be read ({error.strerror})") from error

    @property
    def position(self) -> int:
        """How many bytes on disk the current reading is past, from 0 to ``size``."""
        return self._raw.tell() if self._raw and not self._raw.closed else self._told

    def tell_share(self, share: float) -> None:
        """Note how far a reader is that does not read the content in order."""
        self._told = round(share * self.size)

    def head(self) -> bytes:
        """Return the first 64 KB of the content."""
        with self._content() as content:
            return content.read(_HEAD)

    def content(self) -> bytes:
        """Return everything."""
        with self._content() as content:
            return content.read()

    def lines(self) -> Iterator[bytes]:
        """Yield the lines without their line ends, empty ones left out."""
        with self._content() as content:
            for line in content:
                if stripped := line.rstrip(b"\r\n"):
                    yield stripped

    def pieces(self, size: int) -> Iterator[bytes]:
        """Yield the content in pieces of about ``size`` bytes that end where lines do."""
        with self._content() as content:
            while piece := content.read(size):
                yield piece + content.readline()

    @contextmanager
    def _content(self) -> Iterator[IO[bytes]]:
        with ExitStack() as stack:
            try:
                self._raw = stack.enter_context(self.path.open("rb"))
                yield stack.enter_context(_unpacked(self._raw))
            except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
                raise FeedError(f"{self.path}: cannot be read to its end ({error})") from error


def _unpacked(raw: IO[bytes]) -> IO[bytes]:
    magic = raw.read(4)
    raw.seek(0)
    if magic[:2] == b"\x1f\x8b":
        return cast("IO[bytes]", gzip.open(raw))
    if magic == b"PK\x03\x04":
        archive = zipfile.ZipFile(raw)
        names = archive.namelist()
        if len(names) != 1:
            raise FeedError(f"{raw.name}: holds {len(names)} files; unpack it and name those to be fed")
        return archive.open(names[0])
    return raw
