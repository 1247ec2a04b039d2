"""Tables in numbered Parquet files, ``ticks-0003-0000.parquet``: written as rows come, read a file at a time.

A file is closed at so many rows or bytes, so that neither side ever holds more than one of each table.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from connectors.recording.errors import RecordingError
from connectors.recording.rows import Schema

ROWS = 20_000
BYTES = 8 << 20


class PartWriter:
    """Writes one table; rows are tuples in the order of the schema. Nothing is kept before ``close``."""

    def __init__(
        self, folder: Path, stem: str, schema: Schema, *, rows: int = ROWS, size: int = BYTES
    ) -> None:
        self._folder = folder
        self._stem = stem
        self._schema = schema
        self._limits = rows, size
        self._rows: list[tuple[object, ...]] = []
        self._bytes = 0
        self._part = 0
        self.count = 0

    def put(self, row: tuple[object, ...]) -> None:
        """Add a row; raise ``RecordingError`` where the disk does not take it."""
        self._rows.append(row)
        for field in row:
            if type(field) is bytes:
                self._bytes += len(field)
        self.count += 1
        if len(self._rows) >= self._limits[0] or self._bytes >= self._limits[1]:
            self._flush()

    def close(self) -> None:
        """Write what is left."""
        if self._rows:
            self._flush()

    def _flush(self) -> None:
        path = self._folder / part_name(self._stem, self._part)
        try:
            pl.DataFrame(self._rows, schema=self._schema, orient="row").write_parquet(path)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise RecordingError(f"{path}: cannot be written ({error})") from error
        self._part += 1
        self._rows, self._bytes = [], 0


def read_parts(folder: Path, stem: str, schema: Schema, rows: int | None = None) -> Iterator[pl.DataFrame]:
    """Yield the files of a table in order; raise ``RecordingError`` where they do not hold ``rows`` rows."""
    part = found = 0
    while (path := folder / part_name(stem, part)).exists():
        frame = _read(path, schema)
        found += len(frame)
        yield frame
        part += 1
    if rows is not None and found != rows:
        raise RecordingError(
            f"{folder}: {stem} holds {found} rows, but {rows} were recorded; files are missing or foreign: "
            "record the run again"
        )


def part_name(stem: str, part: int) -> str:
    """Return the name of a table's file; parts count from 0."""
    return f"{stem}-{part:04d}.parquet"


@contextmanager
def new_folder(path: Path) -> Iterator[None]:
    """Make a folder to write into, emptied again on failure; raise ``RecordingError`` if it is not empty."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        used = any(path.iterdir())
    except OSError as error:
        raise RecordingError(f"{path}: cannot be made ({error.strerror}); name another folder") from error
    if used:
        raise RecordingError(f"{path} is not empty: name a folder that is, or a new one")
    try:
        yield
    except BaseException:
        for left in path.iterdir():
            left.unlink()
        raise


def _read(path: Path, schema: Schema) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise RecordingError(f"{path}: cannot be read ({error}); record the run again") from error
    if dict(frame.schema) != schema:
        raise RecordingError(f"{path}: has other columns than a recording of this version has")
    return frame
