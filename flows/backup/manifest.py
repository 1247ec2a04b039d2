"""What an archive says of itself: when it was made, of what, and the checksum of every file in it."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from flows.backup.errors import BackupError

FORMAT = 1
NAME = "manifest.json"
_CHUNK = 1 << 20


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file by its path in the archive."""

    path: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The first member of an archive; ``left_out`` says of each part that is not there, why."""

    format: int = FORMAT
    made_at: str
    app: str
    left_out: dict[str, str] = {}
    files: tuple[File, ...] = ()

    @property
    def parts(self) -> dict[str, int]:
        """Return how many files there are of each part."""
        return dict(Counter(PurePosixPath(file.path).parts[0] for file in self.files))

    def encoded(self) -> bytes:
        """Return it as JSON for people."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"


def decoded(content: bytes, where: Path) -> Manifest:
    """Return the manifest of an archive; raise ``BackupError`` where it is none, or of another format."""
    try:
        found = msgspec.json.decode(content, type=Manifest)
    except msgspec.MsgspecError as error:
        raise BackupError(f"{where} is no backup of this product: its manifest says {error}") from error
    if found.format != FORMAT:
        raise BackupError(f"{where} has format {found.format}, this version reads {FORMAT}: upgrade levibot")
    for file in found.files:
        path = PurePosixPath(file.path)
        if path.is_absolute() or ".." in path.parts or len(path.parts) < 2:
            raise BackupError(f"{where} names a file outside of itself ({file.path}): it was not made here")
    return found


def described(folder: Path) -> tuple[File, ...]:
    """Return the files below a folder, by path."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return tuple(File(p.relative_to(folder).as_posix(), p.stat().st_size, checksum(p)) for p in paths)


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return checksum_of(file)


def checksum_of(source: IO[bytes]) -> str:
    """Return the SHA-256 of what a stream still has."""
    found = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        found.update(chunk)
    return found.hexdigest()
