"""How far an export has come, in one small file: read up to where, and how much of each file is whole.

It is replaced in one step after the lines are on disk, so that a crash leaves either the old positions with
lines too many, which are cut off at the next start, or the new ones.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from msgspec import Struct, field

from connectors.bundles import atomic
from flows.exporting.errors import ExportError

FILE = "positions.json"


class Position(Struct):
    """The next offset and ordinal of a partition, and a checksum of the record before."""

    offset: int
    ordinal: int
    checksum: str


class Positions(Struct):
    """Partitions (``topic/0``), bytes of the files being written, parts put away, newest ``ts`` of a kind."""

    partitions: dict[str, Position] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)
    newest: dict[str, int] = field(default_factory=dict)
    format: int = 1


def checksum(value: bytes) -> str:
    """Return a short checksum of a record."""
    return hashlib.blake2b(value, digest_size=8).hexdigest()


def load(folder: Path) -> Positions | None:
    """Return the positions of a folder, None for a new one; raise ``ExportError`` where they are damaged."""
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Positions)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise ExportError(f"{path} cannot be read ({error}): export into a new folder, --out DIR") from error


def save(folder: Path, positions: Positions) -> None:
    """Replace the positions of a folder in one step."""
    atomic.write(folder / FILE, msgspec.json.format(msgspec.json.encode(positions)) + b"\n")
