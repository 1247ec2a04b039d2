"""The folder of an export: days, parts, and every point at which a crash can leave it."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.bundles import atomic
from flows.exporting import folder as module
from flows.exporting.errors import ExportError
from flows.exporting.folder import ExportFolder, day_of
from flows.exporting.positions import Position

DAY = 86_400 * 10**9
NOON = round(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()) * 10**9


Opened = Callable[..., ExportFolder]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Return what opens the folder as a new process finds it; all are closed in the end."""
    with ExitStack() as closed:

        def opened(*, most: int = 1_000, keep: int = 30) -> ExportFolder:
            return closed.enter_context(closing(ExportFolder(tmp_path, most_bytes=most, keep_days=keep)))

        yield opened


def texts(path: Path) -> dict[str, str]:
    """Return the lines of every file, unpacked."""
    return {
        one.name: (gzip.decompress(one.read_bytes()) if one.suffix == ".gz" else one.read_bytes()).decode()
        for one in path.glob("*.jsonl*")
    }


def test_a_line_goes_to_the_file_of_its_kind_and_day(tmp_path: Path, opened: Opened) -> None:
    """The day is that of its event time, in UTC."""
    folder = opened()
    folder.write("predictions", NOON, b"1")
    folder.write("trades", NOON, b"2")
    folder.write("predictions", NOON + DAY // 2 - 1, b"3")
    folder.write("predictions", NOON + DAY // 2, b"4")
    folder.commit()
    assert texts(tmp_path) == {
        "predictions_20261121.jsonl": "1\n3\n",
        "predictions_20261122.jsonl": "4\n",
        "trades_20261121.jsonl": "2\n",
    }


def test_a_day_that_is_over_is_put_away_an_hour_later(tmp_path: Path, opened: Opened) -> None:
    """What comes later still becomes a part of its own."""
    folder = opened()
    folder.write("trades", NOON, b"1")
    folder.commit()
    folder.write("trades", NOON + DAY // 2 + DAY // 24, b"2")
    folder.commit()
    folder.write("trades", NOON, b"3")
    folder.commit()
    assert texts(tmp_path) == {
        "trades_20261121.001.jsonl.gz": "1\n",
        "trades_20261121.002.jsonl.gz": "3\n",
        "trades_20261122.jsonl": "2\n",
    }


def test_a_full_file_is_put_away(tmp_path: Path, opened: Opened) -> None:
    """And the next line begins it anew."""
    folder = opened(most=4)
    for line in (b"1", b"2", b"3"):
        folder.write("trades", NOON, line)
        folder.commit()
    assert texts(tmp_path) == {"trades_20261121.001.jsonl.gz": "1\n2\n", "trades_20261121.jsonl": "3\n"}


def test_files_are_kept_for_their_days(opened: Opened) -> None:
    """Counted from the newest record of the kind, so that old recordings can be exported too."""
    folder = opened(keep=2)
    folder.write("predictions", NOON, b"of another kind")
    for day in range(5):
        folder.write("trades", NOON + day * DAY, str(day).encode())
        folder.commit()
    assert folder.files() == [
        "predictions_20261121.jsonl",
        "trades_20261123.001.jsonl.gz",
        "trades_20261124.001.jsonl.gz",
        "trades_20261125.jsonl",
    ]


def test_other_files_are_left_alone(tmp_path: Path, opened: Opened) -> None:
    """Whatever their day."""
    (tmp_path / "trades_old.jsonl").write_text("mine")
    folder = opened(keep=1)
    folder.write("trades", NOON, b"1")
    folder.commit()
    assert (tmp_path / "trades_old.jsonl").read_text() == "mine"


def test_what_was_not_committed_is_cut_off(tmp_path: Path, opened: Opened) -> None:
    """Lines of a commit stay; half a line, and a file that was begun, go."""
    folder = opened()
    folder.write("trades", NOON, b"1")
    folder.positions.partitions["trades/0"] = Position(1, 1, "")
    folder.commit()
    folder.write("trades", NOON, b"2")
    folder.write("predictions", NOON, b"3")
    folder.close()
    again = opened()
    assert texts(tmp_path) == {"trades_20261121.jsonl": "1\n"}
    assert again.positions.partitions == {"trades/0": Position(1, 1, "")}


class CrashError(Exception):
    """The process ends here."""


@pytest.mark.parametrize("point", range(3))
def test_a_crash_while_putting_away_loses_and_doubles_nothing(
    tmp_path: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch, point: int
) -> None:
    """Before the part is there, before the positions know of it, before the file is gone."""
    folder = opened(most=4)
    folder.write("trades", NOON, b"1")
    folder.commit()
    calls = iter(range(9))

    def crashing(done: bool) -> None:
        # the commit itself saves once; then come the part, the positions, the file's end
        if done and next(calls) == point + 1:
            raise CrashError

    write, unlink = atomic.write, Path.unlink
    monkeypatch.setattr(module.atomic, "write", lambda *given: (crashing(True), write(*given)))
    monkeypatch.setattr(Path, "unlink", lambda path: (crashing(path.suffix == ".jsonl"), unlink(path)))
    folder.write("trades", NOON, b"2")
    with pytest.raises(CrashError):
        folder.commit()
    monkeypatch.undo()
    again = opened(most=4)
    again.write("trades", NOON, b"3")
    again.commit()
    assert sorted("".join(texts(tmp_path).values()).split()) == ["1", "2", "3"]


def test_files_without_positions_are_refused(tmp_path: Path, opened: Opened) -> None:
    """Else their lines would come a second time."""
    (tmp_path / "trades_20261121.jsonl").write_text("1\n")
    with pytest.raises(ExportError, match=r"no positions\.json, so that lines would come twice"):
        opened()


def test_positions_that_do_not_fit_are_refused(tmp_path: Path, opened: Opened) -> None:
    """Damaged ones, and those of files that have become shorter."""
    folder = opened()
    folder.write("trades", NOON, b"1")
    folder.commit()
    folder.close()
    (tmp_path / "trades_20261121.jsonl").write_text("")
    with pytest.raises(ExportError, match="is shorter than 2 bytes"):
        opened()
    (tmp_path / "positions.json").write_text('{"partitions": 1}')
    with pytest.raises(ExportError, match=r"cannot be read .* export into a new folder"):
        opened()


def test_days_are_of_utc() -> None:
    """From midnight to midnight."""
    midnight = NOON + DAY // 2
    assert (day_of(midnight - 1), day_of(midnight)) == ("20261121", "20261122")
