"""The folder of feature files: one a run, and two links that name the newest complete one.

A file has its name only once all of it is on disk, and the links move in one step, so that a crash at any
point leaves what was there. Older files stay.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from connectors.feature_files.table import FeatureFileError, write_table
from models.market.schema import FEATURES_VERSION, NAMES, SCHEMA_NAME

LATEST = "features_latest.parquet"
LINKS = (f"{SCHEMA_NAME}.parquet", LATEST)


@dataclass(frozen=True, slots=True)
class Written:
    """A feature file that is complete."""

    path: Path
    latest: Path
    sha256: str
    rows: int
    symbols: tuple[str, ...]
    from_ts: int  # first and last window end, ns
    to_ts: int

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "file": self.path.name, "sha256": self.sha256, "rows": self.rows, "symbols": list(self.symbols),
            "from_ts": self.from_ts, "to_ts": self.to_ts, "schema": SCHEMA_NAME,
            "features_version": FEATURES_VERSION, "features": list(NAMES),
        }  # fmt: skip


def write(folder: Path, run: str, frames: Iterable[pl.DataFrame], told: Mapping[str, Any]) -> Written:
    """Write the feature file of a run, a JSON file beside it with ``told``, and let the links name it.

    Raises ``FeatureFileError`` where the disk does not take it; the links then are as they were.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check_links(folder)
        return _written(folder, run, frames, told)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise FeatureFileError(f"{folder}: cannot be written: {error}") from error


def _written(folder: Path, run: str, frames: Iterable[pl.DataFrame], told: Mapping[str, Any]) -> Written:
    path = folder / f"{SCHEMA_NAME}-{run}.parquet"
    unfinished = folder / f".{path.name}.{os.getpid()}"
    try:
        write_table(unfinished, frames)
        written = _described(unfinished, path)
        _settle(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    _put(path.with_suffix(".json"), orjson.dumps(written.as_dict() | dict(told), option=orjson.OPT_INDENT_2))
    for name in LINKS:
        _point(folder / name, path.name)
    return written


def _check_links(folder: Path) -> None:
    for link in (folder / name for name in LINKS):
        if link.exists() and not link.is_symlink():
            raise FeatureFileError(f"{link} is no link but a file of its own: move it away, or choose --out")


def _described(unfinished: Path, path: Path) -> Written:
    found = (
        pl.scan_parquet(unfinished)
        .select(
            rows=pl.len(),
            symbols=pl.col("symbol").unique().sort().implode(),
            from_ts=pl.col("ts").min(),
            to_ts=pl.col("ts").max(),
        )
        .collect()
        .row(0, named=True)
    )
    with unfinished.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    symbols = tuple(found.pop("symbols"))
    return Written(path=path, latest=path.with_name(LATEST), sha256=digest, symbols=symbols, **found)


def _put(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    _settle(unfinished, path)


def _settle(unfinished: Path, path: Path) -> None:
    """Give a file its name once its content is on disk."""
    _sync(unfinished)
    unfinished.replace(path)
    _sync(path.parent)


def _point(link: Path, target: str) -> None:
    moving = link.with_name(f".{link.name}.{os.getpid()}")
    moving.unlink(missing_ok=True)
    moving.symlink_to(target)
    moving.replace(link)
    _sync(link.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
