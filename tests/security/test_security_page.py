"""docs/security.md says what is: its commands run, its tables are those of the files."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import yaml

from tests.docs.blocks import blocks

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/security.md"
TEXT = PAGE.read_text()
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
SECURED = yaml.safe_load((ROOT / "deploy/kafka/secured.yml").read_text())["services"]


def test_the_commands_run(tmp_path: Path) -> None:
    """Every block of bash, one after another, in a folder that has nothing but ``deploy``."""
    (tmp_path / "deploy").symlink_to(ROOT / "deploy")
    script = "\n".join(block.text for block in blocks(PAGE) if block.language == "bash")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "600 .env" in done.stdout
    assert "kafka.pem: OK" in done.stdout
    assert "User:signals" in done.stdout


def test_what_needs_docker_names_files_and_services_that_exist() -> None:
    """They cannot be run here: their files are read instead, and make knows its target."""
    lines = [line for block in blocks(PAGE) if block.language == "sh" for line in block.text.splitlines()]
    for line in lines:
        assert [file for file in re.findall(r"-f (\S+)", line) if not (ROOT / file).is_file()] == []
    assert re.search(r"^audit:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    named = re.findall(r"docker compose (?:up -d|stop) ((?:[a-z]+ ?)+)", TEXT)
    assert {service for services in named for service in services.split()} <= COMPOSE.keys()


def test_ports_and_users_are_those_of_the_compose_files() -> None:
    """A row for each service: its port on loopback, and as whom it goes to Kafka and Redis."""
    rows = dict(re.findall(r"^\| (\w+)(?: \(signals\))? \| (\d+ \|.*)$", TEXT, re.MULTILINE))
    for name in ("kafka", "redis", "flow", "paper", "guard", "api", "webhook"):
        [port] = COMPOSE[name]["ports"]
        cells = [cell.strip() for cell in rows[name].split("|")]
        assert cells[0] == port.rpartition(":")[2]
        environment = COMPOSE[name].get("environment", {})
        urls = (environment.get(setting) or "" for setting in ("REDIS_URL", "LIMITER_URL"))
        users = [found[1] for url in urls if (found := re.match(r"redis://(\w+):", url))]
        assert cells[2] == ", ".join(f"`{user}`" for user in users)
        user = SECURED[name]["environment"].get("KAFKA_SASL_USERNAME") if name in SECURED else None
        assert cells[1] == (f"`{user}`" if user else "")
