"""Without any one safeguard of the crash protocol, the tests that are about it fail."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.mutation import Edit, StaleEditError, Witness, put_in_place
from tests.mutants.mutations import MUTATIONS
from tests.mutants.plugin import PROFILE

pytestmark = [pytest.mark.embedded, pytest.mark.crash]

ROOT = Path(__file__).parents[2]
WITHIN_S = 100.0
OWN = {"PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT"}
"""What says of the tests here how they are run."""


def run(witnesses: list[Witness], folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run tests in a process of their own."""
    plugins = ["-p", "no:cacheprovider", "-p", "tests.mutants.plugin"]
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", f"--basetemp={folder / 'tests'}", *plugins]
    env = {name: value for name, value in os.environ.items() if name not in OWN} | {
        "PYTHONPATH": str(ROOT), "LEVIBOT_HYPOTHESIS": PROFILE, "COLUMNS": "10000",
    }  # fmt: skip
    return subprocess.run(
        [*command, *options, *(one.test for one in witnesses)],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=WITHIN_S, check=False,
    )  # fmt: skip


def test_with_every_safeguard_all_witnesses_pass(tmp_path: Path) -> None:
    """So that what fails below fails for the sake of the mutation."""
    witnesses = {one.test: one for mutation in MUTATIONS.values() for one in mutation.witnesses}
    done = run([*witnesses.values()], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(witnesses)} passed in" in done.stdout


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_missing_safeguard_is_noticed(name: str, tmp_path: Path) -> None:
    """Each witness fails, and says what it should; none of them merely breaks down."""
    witnesses = [*MUTATIONS[name].witnesses]
    done = run(witnesses, tmp_path, "--mutant", name)
    told = done.stdout + done.stderr
    assert done.returncode == 1, told
    assert re.search(rf"^{len(witnesses)} failed in", told, re.MULTILINE), told
    for one in witnesses:
        assert re.search(rf"^FAILED {re.escape(one.test)} - {one.says}", told, re.MULTILINE), told


@pytest.mark.parametrize(
    ("before", "why"),
    [("SAFE = False", "0 times"), ("SAFE", "2 times")],
    ids=["not there", "more than once"],
)
def test_an_edit_that_does_not_fit_the_source_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, why: str
) -> None:
    """A mutation whose safeguard has moved would else test the product as it is."""
    (tmp_path / "guarded.py").write_text("SAFE = True\nREALLY = SAFE\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(StaleEditError, match=f"guarded reads '{before}' {why}, not once"):
        put_in_place([Edit("guarded", before, "")])


def test_a_module_that_is_imported_already_is_refused() -> None:
    """Whoever imported it would keep it as it is."""
    with pytest.raises(StaleEditError, match=r"tests\.mutants\.mutations is imported already"):
        put_in_place([Edit("tests.mutants.mutations", "", "")])
