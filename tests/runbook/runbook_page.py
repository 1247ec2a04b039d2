"""The runbook as a page: its headings, its blocks, its links."""

from __future__ import annotations

import re
from pathlib import Path

from tests.docs.blocks import Block, blocks

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "runbook.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS: list[Block] = blocks(PAGE)


def anchors(text: str) -> list[str]:
    """Return the anchors of a page's headings, as GitHub makes them, in order."""
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", outside, re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]


def lines(language: str) -> list[str]:
    """Return the command lines of the blocks of a language, without their comments."""
    every = [line for block in BLOCKS if block.language == language for line in block.text.splitlines()]
    return [re.sub(r"\s{2,}#.*$", "", line) for line in every if line.strip()]
