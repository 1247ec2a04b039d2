"""That readers are counted and timed as they should be; never how fast anything was."""

from __future__ import annotations

import json

import pytest

from benchmarks import readers

pytestmark = [pytest.mark.embedded, pytest.mark.slow]


def test_a_few_readers(capsys: pytest.CaptureFixture[str]) -> None:
    """Five readers, four requests each: every answer is there and good, by path and together."""
    code = readers.main(["--readers", "5", "--rate", "4", "--seconds", "1", "--symbols", "3", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert code == 0, told
    assert {row["failed"] for row in told["paths"]} == {0}
    assert (told["paths"][-1]["path"], told["paths"][-1]["n"]) == ("all", 20)
    assert sum(row["n"] for row in told["paths"][:-1]) == 20
    assert all(row["p50_ms"] <= row["p99_ms"] <= row["max_ms"] for row in told["paths"])


def test_a_failure_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that is not there makes the exit code 1."""
    monkeypatch.setattr(readers, "PATHS", ("/nowhere",))
    assert readers.main(["--readers", "1", "--rate", "2", "--seconds", "1", "--symbols", "1"]) == 1
    assert "failed: /nowhere: 404" in capsys.readouterr().out
