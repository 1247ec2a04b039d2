"""The code blocks of the README, and how a reader's terminal runs them."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MAKE = f'#!/bin/sh\nexec /usr/bin/env -u MAKEFLAGS PATH="$REAL_PATH" make --dry-run -C "{ROOT}" "$@"\n'


class Block(NamedTuple):
    """One fenced block."""

    language: str
    text: str


def blocks(document: Path = ROOT / "README.md") -> list[Block]:
    """Return the blocks of a document, in order."""
    return [Block(*found) for found in _FENCE.findall(document.read_text(encoding="utf-8"))]


def reader_home(folder: Path, path: str) -> dict[str, str]:
    """Make a working directory as a reader has it and return the environment of a terminal there.

    ``make`` only says what it would do, and ``curl`` fails where the API refuses.
    """
    tools = folder / "tools"
    tools.mkdir()
    (tools / "make").write_text(_MAKE)
    (tools / "make").chmod(0o755)
    (folder / "configs").symlink_to(ROOT / "configs")
    (folder / ".curlrc").write_text("fail\nsilent\nshow-error\n")
    own = Path(sys.executable).parent
    return {"PATH": f"{tools}:{own}:{path}", "REAL_PATH": path, "HOME": str(folder), "CURL_HOME": str(folder)}
