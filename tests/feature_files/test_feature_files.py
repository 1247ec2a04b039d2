"""Feature files: whole or not there, with links that name the newest whole one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson
import polars as pl
import pytest

from connectors.feature_files import SCHEMA, FeatureFileError, frame, write
from models.market.feature_order import FeatureRows
from models.market.schema import NAMES

START = 1_700_000_000
SECOND = 1_000_000_000


def rows(first: int, count: int) -> pl.DataFrame:
    """Return rows of two symbols, the seconds counted from START."""
    code, second = np.tile([0, 1], count), np.repeat(np.arange(first, first + count), 2) + START
    x = np.arange(2.0 * count * len(NAMES)).reshape(-1, len(NAMES)) + first
    return frame(FeatureRows(code, second, 100.0 + code, x), ["BTCUSDT", "ETHUSDT"])


def test_a_row_is_its_window_end_symbol_price_and_features() -> None:
    """In the order of the schema, with the version that messages have."""
    one = rows(0, 1).row(1, named=True)

    assert list(one) == list(SCHEMA) == ["ts", "symbol", "price", *NAMES, "features_version"]
    assert (one["ts"], one["symbol"], one["price"]) == ((START + 1) * SECOND, "ETHUSDT", 101.0)
    assert [one[name] for name in NAMES] == [float(len(NAMES) + i) for i in range(len(NAMES))]
    assert one["features_version"] == "v2.0"


def test_frames_become_one_file_that_both_links_name(tmp_path: Path) -> None:
    """In the order in which they came; what it is and what it was made of stands beside it."""
    frames = [rows(0, 3), rows(3, 0), rows(3, 2)]

    written = write(tmp_path, "run", iter(frames), {"sources": [{"seed": 1}]})

    assert pl.read_parquet(written.path).equals(pl.concat(frames))
    assert written.path.name == "features_v1-run.parquet"
    for link in ("features_latest.parquet", "features_v1.parquet"):
        assert (tmp_path / link).readlink() == Path("features_v1-run.parquet")
    told = orjson.loads(written.path.with_suffix(".json").read_bytes())
    assert told["sha256"] == hashlib.sha256(written.path.read_bytes()).hexdigest()
    assert (told["rows"], told["symbols"], told["sources"]) == (10, ["BTCUSDT", "ETHUSDT"], [{"seed": 1}])
    assert (told["from_ts"], told["to_ts"]) == ((START + 1) * SECOND, (START + 5) * SECOND)


def test_the_next_run_leaves_the_file_of_the_last_and_moves_the_links(tmp_path: Path) -> None:
    """A reader of the old file goes on reading it."""
    first = write(tmp_path, "one", [rows(0, 1)], {})
    second = write(tmp_path, "two", [rows(0, 2)], {})

    assert len(pl.read_parquet(first.path)) == 2
    assert len(pl.read_parquet(first.latest)) == 4
    assert second.latest.readlink() == Path("features_v1-two.parquet")


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_run_that_ends_in_the_middle_leaves_everything_as_it_was(
    tmp_path: Path, error: type[BaseException]
) -> None:
    """Links, files, and nothing half-written beside them."""
    write(tmp_path, "one", [rows(0, 1)], {})
    before = sorted(path.name for path in tmp_path.iterdir())

    def breaking() -> Iterator[pl.DataFrame]:
        yield rows(0, 5)
        raise error

    with pytest.raises(error):
        write(tmp_path, "two", breaking(), {})

    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert (tmp_path / "features_latest.parquet").readlink() == Path("features_v1-one.parquet")


def test_no_rows_are_an_error(tmp_path: Path) -> None:
    """An empty file would only look like features."""
    with pytest.raises(FeatureFileError, match="no second closed"):
        write(tmp_path, "run", [rows(0, 0)], {})

    assert list(tmp_path.iterdir()) == []


def test_a_file_of_ones_own_is_not_replaced_by_a_link(tmp_path: Path) -> None:
    """Where someone put a file under a link's name, nothing is written."""
    mine = tmp_path / "features_latest.parquet"
    mine.write_bytes(b"mine")

    with pytest.raises(FeatureFileError, match="move it away, or choose --out"):
        write(tmp_path, "run", [rows(0, 1)], {})

    assert mine.read_bytes() == b"mine"


def test_a_folder_that_cannot_be_is_an_error(tmp_path: Path) -> None:
    """The message names it."""
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(FeatureFileError, match=r"file/features: cannot be written"):
        write(tmp_path / "file" / "features", "run", [rows(0, 1)], {})
