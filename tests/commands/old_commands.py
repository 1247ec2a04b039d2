"""The page that maps the former commands: its rows, and what each of its lines is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "commands.md"
_CELL = re.compile(r"(?<!\\)\|")
_SPAN = re.compile(r"`([^`]+)`")
PATH, LEVIBOT, MAKE, COMPOSE, CURL, SHELL = "path", "levibot", "make", "compose", "curl", "shell"
WRITTEN = ("data/", "reports/", "backups/", ".levibot/", "configs/flags.yaml.backup")
"""What a run writes; every other path is a file of the repository."""
_TOOLS = ("cat", "cp", "date", "tail")


class Row(NamedTuple):
    """A row: the former command, what is typed here or a file, and the words beside it."""

    before: str
    here: tuple[str, ...]
    words: str


def rows() -> list[Row]:
    """Return every row of every table."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().replace("\\|", "|") for cell in _CELL.split(line)[1:-1]]
        if len(cells) == 3 and cells[0].startswith("`"):
            found.append(Row(cells[0].strip("`"), tuple(_SPAN.findall(cells[1])), cells[2]))
    return found


def kind(line: str) -> str:
    """Return what a line of the column *here* is."""
    first = line.split(maxsplit=1)[0]
    if "docker compose" in line:
        return COMPOSE
    if first in (LEVIBOT, MAKE, CURL):
        return first
    return SHELL if first in _TOOLS else PATH
