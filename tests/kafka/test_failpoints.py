"""Failpoints: the process dies at the passing that is told, as by ``kill -9``, and nowhere else."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from connectors import failpoints
from connectors.failpoints import POINTS, arm, reach

ROOT = Path(__file__).parents[2]
PASSING = """
import sys
from connectors.failpoints import arm, reach
arm(sys.argv[1])
for number in range(1, 6):
    print("before", number, flush=True)
    reach("journal.acknowledged")
    reach("journal.sent")
"""


def passes(failpoint: str) -> subprocess.CompletedProcess[str]:
    """Pass two points five times each in a process of its own."""
    command = [sys.executable, "-c", PASSING, failpoint]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("number", [1, 3])
def test_a_process_dies_at_the_passing_that_is_told(number: int) -> None:
    """Without any cleaning up, and saying where, so that a test can tell its death from others."""
    done = passes(f"journal.sent:{number}")
    assert done.returncode == -signal.SIGKILL
    assert done.stdout.splitlines() == [f"before {n}" for n in range(1, number + 1)]
    assert done.stderr == "failpoint journal.sent\n"


@pytest.mark.parametrize("failpoint", ["", "journal.sent:6", "sink.produced:1"])
def test_a_process_lives_where_the_point_is_not_passed_so_often(failpoint: str) -> None:
    """Or not passed at all, or none is armed."""
    done = passes(failpoint)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 5


@pytest.mark.parametrize(
    "text", ["journal.sent", "journal.sent:", "journal.sent:often", "journal.snet:1", ":1"]
)
def test_what_is_no_failpoint_is_refused_with_those_there_are(text: str) -> None:
    """A misspelt one would be a test that tests nothing."""
    with pytest.raises(ValueError) as refused:
        arm(text)
    assert str(refused.value) == (
        f"FAILPOINT must be point:count with one of {', '.join(POINTS)}, not {text!r}"
    )


def test_every_point_is_passed_somewhere_in_the_product_and_no_other() -> None:
    """The list and the code agree; what opens or snapshots account and guard has points of the same names."""
    sources = [path for room in ("connectors", "flows") for path in (ROOT / room).rglob("*.py")]
    passed = [point for path in sources for point in re.findall(r'reach\("([^"]+)"\)', path.read_text())]
    own = ("open.locked", "open.read", "open.done", "snapshot.source")
    assert sorted(passed) == sorted((*POINTS, *own, *own))


def test_an_unarmed_point_is_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As every process of the product does."""
    monkeypatch.setattr(failpoints._Armed, "point", "")
    for point in POINTS:
        reach(point)
