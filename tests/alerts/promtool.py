"""Prometheus' own tool, and rule tests cut down to what they are about."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOYED = ROOT / "deploy" / "prometheus"
TESTS = sorted((DEPLOYED / "tests").glob("*.yml"))
Plain = dict[str, Any]


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the tool; skips where it is not installed, unless LEVIBOT_REQUIRE_PROMTOOL=1."""
    found = shutil.which("promtool")
    if found is None:
        why = "no promtool: apt-get install --no-install-recommends prometheus"
        if os.environ.get("LEVIBOT_REQUIRE_PROMTOOL") == "1":
            pytest.fail(f"{why} (LEVIBOT_REQUIRE_PROMTOOL=1)", pytrace=False)
        pytest.skip(why)
    return subprocess.run([found, *arguments], check=False, capture_output=True, text=True, timeout=120)


def load(path: Path) -> Any:
    """Return a YAML file as plain data."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def alerts_of(path: Path) -> dict[str, Plain]:
    """Return the alerts of a rule file by name."""
    every = [rule for group in load(path)["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in every}) == len(every)
    return {rule["alert"]: rule for rule in every}


def cases() -> dict[tuple[Path, str], list[Plain]]:
    """Return the written cases by rule file and alert; a case is named as its alert."""
    found: dict[tuple[Path, str], list[Plain]] = {}
    for path in TESTS:
        whole = load(path)
        [rules] = [(path.parent / name).resolve() for name in whole["rule_files"]]
        for case in whole["tests"]:
            every = {"evaluation_interval": whole["evaluation_interval"], "tests": [case]}
            found.setdefault((rules, case["name"]), []).append(every)
    return found


def passed(trials: Iterable[tuple[str, Plain, list[Plain]]], folder: Path) -> dict[str, bool]:
    """Return for each trial, an alert under a name with its cases, whether all cases hold; in one run."""
    files: dict[str, str] = {}
    for name, alert, written in trials:
        rules = folder / f"{name}.rules.yml"
        rules.write_text(yaml.safe_dump({"groups": [{"name": "one", "rules": [alert]}]}))
        for place, case in enumerate(written):
            path = folder / f"{name}.{place}.test.yml"
            path.write_text(yaml.safe_dump(case | {"rule_files": [str(rules)]}))
            files[str(path)] = name
    done = promtool("test", "rules", *files)
    told = re.findall(r"Unit Testing:  (\S+)\n  SUCCESS", done.stdout)
    assert done.stdout.count("Unit Testing:") == len(files), done.stdout + done.stderr
    failed = {files[path] for path in files.keys() - set(told)}
    return {name: name not in failed for name in files.values()}
