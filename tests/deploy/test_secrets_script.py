"""deploy/secrets.sh makes a file of settings that compose can start with and nobody else can read."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deploy/secrets.sh"
NEEDED = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text())) | set(
    re.findall(r"\$\{(\w+):\?", (ROOT / "deploy/kafka/secured.yml").read_text())
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the script is to write."""
    return tmp_path / ".env"


def secrets(file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "ENV_FILE": str(file)}
    return subprocess.run([SCRIPT, *words], env=env, capture_output=True, text=True, check=False)


def values(file: Path) -> dict[str, str]:
    lines = [line.partition("=") for line in file.read_text().splitlines() if not line.startswith("#")]
    return {name: value for name, _, value in lines if name}


def test_everything_that_compose_asks_for_is_filled_in(file: Path) -> None:
    """Each secret is of its own, 32 random bytes; the rest is as in the example, which stays in its order."""
    done = secrets(file)
    assert done.returncode == 0
    found, example = values(file), values(ROOT / ".env.example")
    made = {name: found[name] for name in found if found[name] != example[name]}
    assert made.keys() == NEEDED
    assert [value for value in made.values() if not re.fullmatch("[0-9a-f]{64}", value)] == []
    assert len(set(made.values())) == len(made)
    assert list(found) == list(example)
    assert [value for value in made.values() if value in done.stdout + done.stderr] == []


def test_the_file_is_for_its_owner_alone(file: Path) -> None:
    """Also where it was there before and others could read it."""
    file.write_text("PARTITIONS=2\n")
    file.chmod(0o644)
    secrets(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert values(file)["PARTITIONS"] == "2"


def test_what_is_there_is_kept(file: Path) -> None:
    """Run again, it changes nothing."""
    secrets(file)
    before = file.read_text()
    secrets(file)
    assert file.read_text() == before


def test_one_secret_is_rotated(file: Path) -> None:
    """It alone changes; a key to the gateway is made only when it is asked for."""
    secrets(file)
    before = values(file)
    assert before["ADMIN_KEY"] == ""
    assert secrets(file, "--rotate", "ADMIN_KEY").returncode == 0
    after = values(file)
    assert {name for name in after if after[name] != before[name]} == {"ADMIN_KEY"}
    assert len(after["ADMIN_KEY"]) == 64


@pytest.mark.parametrize("words", [("--rotate", "PATH"), ("--rotate",), ("all",)])
def test_bad_usage_changes_nothing(words: tuple[str, ...], file: Path) -> None:
    """Exit 2."""
    assert secrets(file, *words).returncode == 2
    assert not file.exists()
