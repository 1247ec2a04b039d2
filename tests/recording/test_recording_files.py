"""The files of a recording: parts of bounded size, read back whole or refused."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import polars as pl
import pytest

from connectors.recording.errors import RecordingError
from connectors.recording.manifest import read, spec_of
from connectors.recording.parts import PartWriter, new_folder, read_parts
from connectors.recording.rows import (
    JOURNAL,
    OUTPUTS,
    TICKS,
    Output,
    Tick,
    entries,
    entry_row,
    output_row,
    outputs,
)
from tests.recording.runs import SPEC, command, genesis, one_shard, written


def tick(offset: int, value: bytes | None = b"{}") -> Tick:
    """Return a tick record."""
    return Tick("ticks", 0, offset, offset, None, value)


def write(folder: Path, ticks: list[Tick], **limits: int) -> list[str]:
    """Write ticks and return the names of the files."""
    writer = PartWriter(folder, "ticks-0000", TICKS, **limits)
    for row in ticks:
        writer.put(row)
    writer.close()
    return sorted(path.name for path in folder.iterdir())


def test_a_table_is_cut_into_files_by_rows_or_bytes(tmp_path: Path) -> None:
    """Whichever bound is reached first; rows keep their order over the files."""
    rows = [tick(0), tick(1), tick(2, b"x" * 100), tick(3, None), tick(4)]
    names = write(tmp_path, rows, rows=3, size=50)
    assert names == ["ticks-0000-0000.parquet", "ticks-0000-0001.parquet"]
    frames = list(read_parts(tmp_path, "ticks-0000", TICKS, 5))
    assert [len(frame) for frame in frames] == [3, 2]
    assert [Tick(*row) for frame in frames for row in frame.iter_rows()] == rows


def test_a_large_record_closes_its_file(tmp_path: Path) -> None:
    """So that memory stays bounded by bytes too."""
    assert len(write(tmp_path, [tick(n, b"x" * 60) for n in range(4)], rows=100, size=50)) == 4


def test_an_empty_table_has_no_files(tmp_path: Path) -> None:
    """And reads as one without rows."""
    assert write(tmp_path, []) == []
    assert list(read_parts(tmp_path, "ticks-0000", TICKS, 0)) == []


def test_rows_come_back_as_they_were() -> None:
    """Headers, empty and absent values, negative numbers, nested payloads."""
    letters = [
        Output("dlq", 1, 0, 4, 9, b"BTCUSDT", b"", (("reason", b"late"), ("detail", b""))),
        Output("dlq", 1, 1, None, None, None, None, ()),
    ]
    frame = pl.DataFrame([output_row(one) for one in letters], schema=OUTPUTS, orient="row")
    assert list(outputs([frame])) == letters
    journal = [genesis(5, ordinals={"signals": 2}), command(1, 6, "weights.set", parts=[0.1, 1, 0.25])]
    frame = pl.DataFrame([entry_row(one) for one in journal], schema=JOURNAL, orient="row")
    assert list(entries([frame])) == journal


def test_missing_and_foreign_files_are_refused(tmp_path: Path) -> None:
    """By the number of rows, by columns, by content."""
    write(tmp_path, [tick(0), tick(1)], rows=1)
    with pytest.raises(RecordingError, match="holds 2 rows, but 3 were recorded"):
        list(read_parts(tmp_path, "ticks-0000", TICKS, 3))
    with pytest.raises(RecordingError, match="other columns"):
        list(read_parts(tmp_path, "ticks-0000", OUTPUTS, 2))
    (tmp_path / "ticks-0000-0001.parquet").write_bytes(b"PAR1")
    with pytest.raises(RecordingError, match=r"ticks-0000-0001.parquet: cannot be read"):
        list(read_parts(tmp_path, "ticks-0000", TICKS, 2))


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    """Nothing is ever overwritten."""
    (tmp_path / "mine").write_text("")
    with pytest.raises(RecordingError, match="is not empty"), new_folder(tmp_path):
        pytest.fail("it was entered")
    assert (tmp_path / "mine").exists()


def test_a_failed_recording_leaves_an_empty_folder(tmp_path: Path) -> None:
    """So that the next try can use it."""
    with pytest.raises(RecordingError, match="gone"), new_folder(tmp_path / "a" / "b"):
        write(tmp_path / "a" / "b", [tick(0)])
        raise RecordingError("gone")
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_the_manifest_and_its_spec_come_back(tmp_path: Path) -> None:
    """The spec as data makes the same spec."""
    recording = written(tmp_path, [one_shard()])
    assert replace(read(tmp_path), spec=asdict(SPEC)) == recording
    assert spec_of(read(tmp_path)) == SPEC
    (tmp_path / "recording.json").write_text("{}")
    with pytest.raises(RecordingError, match="format None, this version reads 1"):
        read(tmp_path)
    (tmp_path / "recording.json").write_text("[")
    with pytest.raises(RecordingError, match="record the run again"):
        read(tmp_path)
