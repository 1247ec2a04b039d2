"""``levibot backtest report``: from a file to a page, and what it says of files that are no results."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
import typer
from click.testing import Result as Ended
from typer.testing import CliRunner

from flows.commands.backtest_report import report
from flows.reporting.page import page
from models.performance.result import Curves, Result
from models.performance.result_file import as_dict
from tests.reporting.sample_results import START, bare, walk

app = typer.Typer()
app.command()(report)


def run(*arguments: object) -> Ended:
    """Run the command."""
    return CliRunner().invoke(app, [str(one) for one in arguments])


def written(folder: Path, result: Result, name: str = "BTCUSDT_2026-11-20.json") -> Path:
    """Write a result where a backtest would."""
    path = folder / name
    path.write_bytes(orjson.dumps(as_dict(result)))
    return path


def test_the_page_is_written_beside_the_result(tmp_path: Path) -> None:
    """Under the same name."""
    result = walk(120)
    ended = run(written(tmp_path, result))
    html = tmp_path / "BTCUSDT_2026-11-20.html"
    assert (ended.exit_code, ended.output) == (0, f"report: {html}\n")
    assert html.read_text(encoding="utf-8") == page(result)


def test_the_page_goes_where_it_is_told_to(tmp_path: Path) -> None:
    """Folders are made."""
    out = tmp_path / "pages" / "today.html"
    assert run(written(tmp_path, bare()), "--out", out).exit_code == 0
    assert out.read_text(encoding="utf-8") == page(bare())


def refused(path: Path) -> str:
    """Return the one line that a file is refused with, leaving no page."""
    ended = run(path)
    assert ended.exit_code == 2
    assert not path.with_suffix(".html").exists()
    assert ended.stderr.count("\n") == 1
    return ended.stderr


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """In one line, without a trace."""
    assert "No such file or directory" in refused(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff", "is not JSON"),
        (b"{", "is not JSON"),
        (b"[]", "the file holds no JSON object"),
        (b'{"format": 9}', "a result of format 9, this version reads 1"),
        (b'{"format": 1, "trades": []}', "missing required field"),
    ],
)
def test_a_file_that_is_no_result_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    """Saying what is wrong with it."""
    path = tmp_path / "odd.json"
    path.write_bytes(content)
    assert words in refused(path)


UNDRAWABLE: dict[str, dict[str, Any]] = {
    "times are UTC nanoseconds": {"to_ts": 9 * 10**18},
    "do not ascend": {"equity": Curves(ts=[START, START], strategy=[1.0] * 2, benchmark=[1.0] * 2)},
    "a value beyond": {"equity": Curves(ts=[START], strategy=[1e300], benchmark=[1.0])},
}


@pytest.mark.parametrize(("words", "changed"), UNDRAWABLE.items())
def test_what_cannot_be_drawn_is_refused(tmp_path: Path, words: str, changed: dict[str, Any]) -> None:
    """Ahead of any chart."""
    assert words in refused(written(tmp_path, replace(bare(), **changed)))
