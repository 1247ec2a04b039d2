"""The dependency audit tells what it found apart from what it could not look up."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
SOUND = {"name": "numpy", "version": "2.0", "vulns": []}
HOLED = {"name": "jinja2", "version": "3.1", "vulns": [{"id": "CVE-1", "fix_versions": ["3.2"]}]}
UNKNOWN = {"name": "typer", "version": "0.1", "skip_reason": "not found"}


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    """The script, which is in no package."""
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci/audit.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("packages", "code", "strict", "text"),
    [
        ([SOUND], 0, 0, "audit: no known hole in 1 packages"),
        ([SOUND, HOLED, UNKNOWN], 1, 1, "jinja2 3.1: CVE-1, mended in 3.2"),
        ([SOUND, UNKNOWN], 0, 2, "audit: the vulnerability service did not tell of 1 of 2 packages"),
        ([UNKNOWN], 0, 2, "audit: the vulnerability service did not tell of any package"),
        ([], 0, 2, "audit: the vulnerability service did not tell of any package"),
    ],
)
def test_verdicts(
    audit: ModuleType, packages: list[dict[str, object]], code: int, strict: int, text: str
) -> None:
    """Holes are 1; what could not be asked goes on, unless an answer is required."""
    told = json.dumps({"dependencies": packages})
    assert audit.verdict(told, required=False).code == code
    assert audit.verdict(told, required=True).code == strict
    assert text in audit.verdict(told, required=False).text


def test_no_answer_at_all(audit: ModuleType) -> None:
    """A failure of the tool is no good news."""
    assert audit.verdict("", required=True).code == 2


def test_it_is_run_by_every_check() -> None:
    """At the end of .ci/run and in the workflow."""
    assert "for check in lint test slow crash audit; do" in (ROOT / ".ci/run").read_text()
    assert "make audit" in (ROOT / ".github/workflows/ci.yml").read_text()
