"""That the benchmarks run and what they say has its shape; never how fast anything was."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks.__main__ import measured_rows
from benchmarks.backlog import catch_up
from benchmarks.errors import BenchmarkError
from benchmarks.ground import Ground
from benchmarks.results import Row, row

pytestmark = [pytest.mark.embedded, pytest.mark.bench, pytest.mark.timeout(240)]

ROOT = Path(__file__).parent.parent.parent


def test_catching_up_is_measured_beside_its_ceiling(ground: Ground) -> None:
    """Each density has the client, client and decoder, and the flow, which is compared with the decoder."""
    rows = catch_up.run(ground)
    assert [row.name.rpartition(",")[0] for row in rows] == [
        "librdkafka consume() alone", "consume and decode", "Kafka → signals", "Kafka → signals",
        "librdkafka consume() alone", "consume and decode", "Kafka → signals",
    ]  # fmt: skip
    flow, decoded = rows[2], rows[1]
    assert flow.against == decoded.ours and flow.ratio == flow.ours / decoded.ours
    assert [row.met is None for row in rows] == [True, True, False, False, True, True, False]
    assert all(row.ours > 0 for row in rows)


def test_the_command_prints_rows_machine_and_versions(tmp_path: Path) -> None:
    """A quick run of one benchmark, with its tables where they were asked for."""
    command = [
        sys.executable,
        "-m",
        "benchmarks",
        "--quick",
        "--only",
        "stages",
        "--broker",
        "embedded",
        "--json",
    ]
    done = subprocess.run(
        [*command, "--out", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told == json.loads((tmp_path / "results.json").read_text())
    assert [row["name"].rsplit(" ", 1)[0] for row in told["rows"]] == [
        "stages alone, dense", "stages alone, recorded",
    ]  # fmt: skip
    assert {"name", "ours", "against", "ratio", "target", "met"} <= told["rows"][0].keys()
    assert {"processor", "cores", "python", "bytewax", "confluent-kafka"} <= told["machine"].keys()
    assert told["broker"].startswith("embedded broker")
    assert (tmp_path / "results.md").read_text().startswith("# Benchmarks\n")


def test_one_that_fails_takes_no_other_with_it(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    """Its reason is told and kept beside the rows of the others."""
    failed: dict[str, str] = {}
    fine = SimpleNamespace(NAME="fine", run=lambda ground: [row("speed", "ticks/s", [1.0])])
    late = SimpleNamespace(NAME="late", run=_never)
    assert [one.name for each in (late, fine) for one in measured_rows(each, ground, failed)] == ["speed"]
    assert failed == {"late": "no signal came"}
    assert "benchmarks: late: no signal came" in capsys.readouterr().err


def _never(ground: Ground) -> list[Row]:
    raise BenchmarkError("no signal came")


def test_an_unknown_benchmark_is_refused() -> None:
    """The message lists those that exist."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", "everything"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "catch-up" in done.stderr and "control" in done.stderr
