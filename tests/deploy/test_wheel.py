"""The wheel that is installed in the image holds every file that the code reads, and no test."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = [name.removesuffix("*") for name in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]]
BUILD = "import sys; from setuptools.build_meta import build_wheel; print(build_wheel(sys.argv[1]))"


def inside(folder: Path) -> set[str]:
    """Return the files of the packages in a folder, without what Python leaves there."""
    files = (file for name in PACKAGES for file in (folder / name).rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix() for file in files if "__pycache__" not in file.parts}


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    """Templates, style sheets, schemas, examples, the panel: nothing beside the code is left out."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "made").mkdir()
    command = [sys.executable, "-c", BUILD, "made"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    [wheel] = (tmp_path / "made").glob("*.whl")
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert inside(tmp_path) <= held | {"made"}
    assert held <= inside(tmp_path)


def test_every_kind_of_file_is_declared() -> None:
    """A file of a new kind beside the code must be named in pyproject.toml, or the image lacks it."""
    declared = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    kinds = {Path(name).suffix for name in inside(ROOT) if "/static/" not in name} - {".py"}
    assert {f"*{kind}" for kind in kinds} <= set(declared)
    assert "static/*" in declared


def test_what_is_read_from_the_working_directory_is_copied_there() -> None:
    """Flags, rules and profiles are no part of the packages: the image has them where the commands run."""
    dockerfile = (ROOT / "deploy/Dockerfile").read_text()
    assert re.search(r"^WORKDIR /app\nCOPY configs configs$", dockerfile, re.MULTILINE)
    assert (ROOT / "configs/flags.yaml").is_file() and (ROOT / "configs/rules.yml").is_file()
    assert list((ROOT / "configs/profiles").glob("*.yml"))
