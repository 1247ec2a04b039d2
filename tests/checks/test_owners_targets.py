"""The targets of the Makefile and the commands of the page on operations are what the command line has."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import typer
from typer.core import TyperGroup

from connectors.embedded import EmbeddedBroker
from connectors.kafka.clients import reader
from connectors.kafka.reading import ends, read_range
from flows import cli
from flows.checks.crontab import JOBS
from tests.flows.commands import levibot

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "operations.md"
TARGETS = (
    "health-check", "prod-ready", "postfix-check", "seed-data", "ca-setup", "train-prod", "backend-restart",
    "model-test", "snapshot-flags",
)  # fmt: skip


def planned(target: str, *variables: str) -> list[list[str]]:
    """Return the commands that a target would run."""
    done = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", f"--directory={ROOT}", target, *variables],
        capture_output=True, text=True, check=True, timeout=20,
    )  # fmt: skip
    joined = done.stdout.replace("\\\n", " ")
    return [words for line in joined.splitlines() if (words := shlex.split(line)) and "pip" not in words]


def unknown(words: list[str]) -> list[str]:
    """Return what is wrong with a command line of ours: names and options that there are none of."""
    command: Any = typer.main.get_command(cli.application())
    words = words[1:]
    while isinstance(command, TyperGroup) and words and not words[0].startswith("-"):
        name = words.pop(0)
        if name not in command.commands:
            return [name]
        command = command.commands[name]
    known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    return [word for word in words if word.startswith("--") and word not in known]


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_runs_what_there_is(target: str) -> None:
    """Commands by their names and options; Docker where it is about containers."""
    found = [words for words in planned(target) if words[0] in (".venv/bin/levibot", "docker")]
    assert found
    for words in found:
        assert words[:2] == ["docker", "compose"] or unknown(words) == []


def test_targets_are_listed() -> None:
    """``make help`` names each with what it is for."""
    told = subprocess.check_output(["make", "-C", str(ROOT), "help"], text=True, timeout=20)
    assert set(TARGETS) <= set(re.findall(r"^make ([a-z-]+) +\S", told, re.MULTILINE))


def test_a_target_takes_its_variables() -> None:
    """Another profile, a drill, a fixed begin."""
    assert planned("prod-ready", "PROFILE=runbook", "DRILL=1")[-1][-3:] == ["--profile", "runbook", "--drill"]
    assert planned("seed-data", "START=2026-11-21")[-1][-2:] == ["--start", "2026-11-21"]
    assert planned("backend-restart", "COMPOSE=podman-compose")[0][:2] == ["podman-compose", "restart"]


def test_the_services_that_are_restarted_are_those_of_the_compose_file() -> None:
    """A service of another name would not be found when it matters."""
    services = set(re.findall(r"^  ([a-z]+):$", (ROOT / "docker-compose.yml").read_text(), re.MULTILINE))
    assert set(planned("backend-restart")[0][3:]) <= services


@pytest.mark.embedded
def test_seed_data_are_exactly_ten_thousand_ticks(embedded_broker: Callable[..., EmbeddedBroker]) -> None:
    """Of three symbols, and the same bytes from the same begin."""
    broker = embedded_broker({"ticks": 1})
    [words] = [w for w in planned("seed-data", "START=1790000000") if w[0] == ".venv/bin/levibot"]
    done = levibot(words[1:], {"KAFKA_BOOTSTRAP": broker.bootstrap})
    assert done.code == 0, done.err
    client = reader(broker.bootstrap)
    _, high = ends(client, "ticks", 0)
    found = [orjson.loads(m.value() or b"") for m in read_range(client, "ticks", 0, 0, high)]
    client.close()
    assert len(found) == 10_000
    assert {tick["symbol"] for tick in found} == {"BTCUSDT", "ETHUSDT", "SOLUSDT"}


def commands() -> list[str]:
    """Return every command of ours on the page, and in the crontab."""
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"^(levibot .+)$", text, re.MULTILINE)
    ours = [job.command for job in JOBS if job.command.startswith("{levibot}")]
    jobs = [command.replace("{levibot}", "levibot") for command in ours]
    passing = re.findall(r"`(levibot [^`]+)`", text)
    return sorted({*(line.partition(" > ")[0] for line in blocks), *passing, *jobs})


@pytest.mark.parametrize("line", commands())
def test_a_command_of_the_page_exists(line: str) -> None:
    """By its names and the names of its options."""
    assert unknown(shlex.split(line)) == []


def test_every_target_is_on_the_page() -> None:
    """With what it is, and what its name means here."""
    text = PAGE.read_text(encoding="utf-8")
    assert [target for target in TARGETS if f"`make {target}`" not in text] == []
    assert shutil.which("make")
