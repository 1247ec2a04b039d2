"""The Parquet table of feature rows, written as rows come so that any length fits into memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from connectors.recording.rows import Schema
from models.market.feature_order import FeatureRows
from models.market.schema import FEATURES_VERSION, NAMES

SECOND = 1_000_000_000
GROUP_ROWS = 100_000
SCHEMA: Schema = {
    "ts": pl.Int64,  # window end, ns
    "symbol": pl.String,
    "price": pl.Float64,
    **dict.fromkeys(NAMES, pl.Float64),
    "features_version": pl.String,
}


class FeatureFileError(RuntimeError):
    """A feature file could not be written; the message says what to do."""


def frame(rows: FeatureRows, names: Sequence[str]) -> pl.DataFrame:
    """Return rows as a table; ``names`` gives the symbol of each code."""
    columns = {
        "ts": (rows.second + 1) * SECOND,
        "symbol": [names[code] for code in rows.code.tolist()],
        "price": rows.price,
        **{name: rows.x[:, place] for place, name in enumerate(NAMES)},
        "features_version": [FEATURES_VERSION] * len(rows),
    }
    return pl.DataFrame(columns, schema=SCHEMA)


def write_table(path: Path, frames: Iterable[pl.DataFrame]) -> None:
    """Write frames into one file with row groups; raise ``FeatureFileError`` where there is no row."""
    with TemporaryDirectory(prefix=".features-", dir=path.parent) as scratch:
        parts = [_part(Path(scratch), i, one) for i, one in enumerate(frames) if len(one)]
        if not parts:
            raise FeatureFileError("no second closed: there are too few usable trades for a feature row")
        pl.scan_parquet(parts).sink_parquet(path, row_group_size=GROUP_ROWS)


def _part(folder: Path, number: int, rows: pl.DataFrame) -> Path:
    path = folder / f"{number:06d}.parquet"
    rows.write_parquet(path, compression="lz4")
    return path
