"""The commands of the runbook exist, with the options it gives them."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from flows.cli import application
from models.control.commands import Command, check

RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook.md"
ROOT = typer.main.get_command(application())


def commands() -> list[str]:
    """Return every command line of the page, in blocks and in passing, and of the table of actions."""
    pages = [RUNBOOK, RUNBOOK.parent / "rules.md"]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    lines = re.findall(r"^(levibot .+)$", text, flags=re.MULTILINE)
    return sorted(
        {*(line.partition("#")[0].strip() for line in lines), *re.findall(r"`(levibot [^`]+)`", text)}
    )


@pytest.mark.parametrize("line", commands())
def test_a_command_of_the_runbook_exists(line: str) -> None:
    """By its names and the names of its options."""
    command, words = ROOT, shlex.split(line)[1:]
    while isinstance(command, TyperGroup) and words and not words[0].startswith("-"):
        found = command.commands.get(words.pop(0))
        assert found is not None, f"no such command: {line}"
        command = found
    known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    assert [word for word in words if word.startswith("--") and word not in known] == []


@pytest.mark.parametrize("line", [line for line in commands() if "control send" in line and "{" in line])
def test_a_command_that_is_sent_is_one_that_shards_take(line: str) -> None:
    """Its arguments are checked as the shards check them."""
    cmd, args = shlex.split(line)[3:5]
    check(Command(id="1", ts=0, actor="me", n=0, role="admin", cmd=cmd, args=json.loads(args)))
