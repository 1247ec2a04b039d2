"""Debian's Prometheus as judge: its linter and its server; CI has them, elsewhere tests may be skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def tool(name: str) -> str:
    """Return the path of a program of Debian's package prometheus; skip without, unless it is required."""
    found = shutil.which(name)
    if found is None:
        why = f"no {name}: apt-get install prometheus"
        if os.environ.get("LEVIBOT_REQUIRE_PROMTOOL") == "1":
            pytest.fail(f"{why} (LEVIBOT_REQUIRE_PROMTOOL=1)", pytrace=False)
        pytest.skip(why)
    return found


def checked_rules(path: Path) -> tuple[int, str]:
    """Return what promtool says of a file of rules: exit code and words."""
    return _ran([tool("promtool"), "check", "rules", str(path)])


def checked_metrics(text: str) -> tuple[int, str]:
    """Return what promtool says of a page of metrics."""
    return _ran([tool("promtool"), "check", "metrics"], text)


def _ran(command: list[str], given: str = "") -> tuple[int, str]:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr
