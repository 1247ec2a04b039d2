"""The lock pins everything the project asks for, and says nothing about where it came from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LOCKS = sorted(path for pattern in ("*.lock", "requirements*.txt") for path in ROOT.glob(pattern))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WANTED = [
    *PROJECT["dependencies"],
    *(line for extra in PROJECT["optional-dependencies"].values() for line in extra),
]


def pinned(python: str) -> list[Requirement]:
    """Return the lines of the lock that hold under this Python on Linux."""
    environment = default_environment() | {
        "python_version": python,
        "python_full_version": f"{python}.9",
        "sys_platform": "linux",
    }
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    requirements = [Requirement(line) for line in lines if line and not line.lstrip().startswith("#")]
    return [item for item in requirements if item.marker is None or item.marker.evaluate(environment)]


def test_there_is_a_lock() -> None:
    """The lock is where ``make setup`` looks for it."""
    assert ROOT / "requirements.lock" in LOCKS


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_names_a_place(lock: Path) -> None:
    """No lock holds an address, a path or an index: packages come from wherever the user's pip looks."""
    assert re.findall(r"https?:|file:|\S+://\S+|^-.*|.* @ .*", lock.read_text(), re.MULTILINE) == []


@pytest.mark.parametrize("python", ["3.11", "3.12"])
@pytest.mark.parametrize("wanted", WANTED)
def test_every_dependency_is_pinned_as_asked(wanted: str, python: str) -> None:
    """What pyproject.toml asks for is pinned at a version it allows."""
    requirement = Requirement(wanted)
    [pin] = [item for item in pinned(python) if item.name == requirement.name.lower()]
    assert str(pin.specifier).removeprefix("==") in requirement.specifier


@pytest.mark.parametrize("python", ["3.11", "3.12"])
def test_every_package_is_pinned_once(python: str) -> None:
    """Each line is one exact version, and no package has two under one Python."""
    names = [item.name for item in pinned(python)]
    assert len(names) == len(set(names))
    loose = [item for item in pinned(python) if not re.fullmatch(r"==[^,*]+", str(item.specifier))]
    assert loose == []
