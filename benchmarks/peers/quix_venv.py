"""An environment for Quix Streams, made once: the product depends neither on it nor on what it needs."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.errors import BenchmarkError

REQUIREMENTS = Path(__file__).with_name("quix_requirements.txt")
INSTALL_S = 300.0
_PIP = ["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:"]


def folder() -> Path:
    """Return where the environment of these versions is kept, for all projects of the user."""
    name = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    return Path.home() / ".cache" / "levibot" / f"quix-{name}"


def interpreter() -> Path:
    """Return the Python of the environment, whether or not it is there."""
    return folder() / "bin" / "python"


def install() -> Path:
    """Make the environment unless it is there, and return its Python.

    pip's own settings say from where. Raises ``BenchmarkError`` if it cannot be made.
    """
    home = folder()
    if not home.is_dir():
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent, prefix="quix-") as scratch:
            made = Path(scratch) / "venv"
            _run([sys.executable, "-m", "venv", str(made)])
            _run([str(made / "bin" / "python"), *_PIP, "--requirement", str(REQUIREMENTS)])
            _place(made, home)
    return interpreter()


def _place(made: Path, home: Path) -> None:
    try:
        made.rename(home)  # in one step: a folder that is there is complete
    except OSError:
        if not home.is_dir():  # otherwise somebody else was quicker, with the same versions
            raise


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise BenchmarkError(f"Quix Streams was not installed within {INSTALL_S:.0f} s") from error
    if done.returncode != 0:
        raise BenchmarkError(
            f"Quix Streams could not be installed; is pip's package index reachable?\n{done.stderr[-1000:]}"
        )
