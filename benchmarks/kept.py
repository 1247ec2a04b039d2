"""The results that a folder keeps: ``results.json``, the tables made of it, and the picture of the curves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from benchmarks.errors import BenchmarkError
from benchmarks.growth import picture
from benchmarks.results import Row
from benchmarks.table import PICTURE, markdown

JSON, TABLES = "results.json", "results.md"


def write(folder: Path, told: dict[str, Any]) -> None:
    """Write the files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / JSON).write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")
    (folder / TABLES).write_text(markdown(told))
    rows = [Row(**each) for each in told["rows"]]
    if any(row.points for row in rows):
        picture.picture(rows, folder / PICTURE)


def read(folder: Path) -> dict[str, Any]:
    """Return what is kept; raise ``BenchmarkError`` where there is nothing."""
    try:
        found: dict[str, Any] = orjson.loads((folder / JSON).read_bytes())
    except FileNotFoundError as error:
        raise BenchmarkError(f"{folder} has no {JSON}: run all benchmarks first") from error
    return found


def joined(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Return the results of a run with the rows of those that failed in it and were run again.

    Raises ``BenchmarkError`` where both are not of the same machine, versions and sizes.
    """
    other = [name for name in ("machine", "broker", "quick") if before[name] != now[name]]
    if other:
        raise BenchmarkError(f"the kept results differ in {' and '.join(other)}: run all benchmarks again")
    return {**now, "rows": [*before["rows"], *now["rows"]]}
