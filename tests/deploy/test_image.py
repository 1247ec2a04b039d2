"""The image is built from what is there, holds nothing it should not, and runs without privileges."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text()
IGNORE = (ROOT / ".dockerignore").read_text().splitlines()
COPIED = {
    source
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    for source in line.split()[:-1]
}


def test_everything_copied_is_there() -> None:
    """Each source of a COPY exists."""
    assert [source for source in sorted(COPIED) if not (ROOT / source).exists()] == []


def test_context_is_exactly_what_is_copied() -> None:
    """The build context lets through what is copied and nothing else: no secrets, no state, no captures."""
    assert IGNORE[1] == "*"
    assert {line[1:] for line in IGNORE if line.startswith("!")} == COPIED


def test_all_packages_are_copied() -> None:
    """No package of the product is forgotten."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = {
        name.removesuffix("*") for name in project["tool"]["setuptools"]["packages"]["find"]["include"]
    }
    assert packages <= COPIED


def test_runs_as_nobody_special() -> None:
    """The last user is a number other than root's, and the base image is pinned."""
    assert re.findall(r"^USER (\d+)$", DOCKERFILE, re.MULTILINE) == ["10001"]
    bases = set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE))
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.12\.\d+-slim-\w+", bases.pop())


def test_build_is_named_by_its_commit() -> None:
    """The commit given to the build reaches the setting that ``/healthz`` shows."""
    assert "LEVIBOT_BUILD_SHA=$BUILD_SHA" in DOCKERFILE
