"""The frozen data of a run: the same rows give the same id, whatever path they came by."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from made_rows import drawn_rows, plain_rows

from models.market.schema import FEATURES_VERSION
from models.training.snapshot import checksum, run_id, snapshot


def test_equal_rows_have_equal_checksums() -> None:
    """In whatever memory order and byte order they are held."""
    rows = drawn_rows(100)
    other = replace(rows, x=np.asfortranarray(rows.x), code=rows.code.astype(">i8"))

    assert checksum(rows) == checksum(other)


@pytest.mark.parametrize("column", ["code", "second", "x", "label"])
def test_any_changed_value_changes_the_checksum(column: str) -> None:
    """One value of one column is enough."""
    rows = drawn_rows(100)
    changed = getattr(rows, column).copy()
    changed[(7,) * changed.ndim] = 1 - changed[(7,) * changed.ndim]

    assert checksum(replace(rows, **{column: changed})) != checksum(rows)
    assert checksum(replace(rows, symbols=("A", "B"))) != checksum(rows)


def test_a_snapshot_tells_what_was_learned_from() -> None:
    """Its id is the time and the checksum; its window that of the rows; unlabelled rows are counted."""
    rows = plain_rows([0, 1, 2, 3, 4], [0, 0, 0, 0, 0], [1, 0, -1, -2, -3], symbols=1)
    created = datetime(2026, 11, 21, 14, 15, tzinfo=UTC)
    identity = run_id(created, checksum(rows))

    found = snapshot(
        rows, identity=identity, created=created.isoformat(), sources=[{"file": "a"}], horizon_s=60, seed=7
    )

    assert identity == f"20261121T141500Z-{found['checksum'][:8]}" == found["id"]
    assert found["window"] == {
        "start": "2023-11-14T22:13:20+00:00",
        "end": "2023-11-14T22:13:25+00:00",
        "start_ns": 1_700_000_000_000_000_000,
        "end_ns": 1_700_000_005_000_000_000,
    }
    counts = {name: found[name] for name in ("rows", "labelled", "ties", "stale", "seed", "horizon_s")}
    assert counts == {"rows": 5, "labelled": 2, "ties": 1, "stale": 1, "seed": 7, "horizon_s": 60}
    assert (found["features_version"], found["sources"]) == (FEATURES_VERSION, [{"file": "a"}])
