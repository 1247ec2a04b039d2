"""Markdown out of cells: what is not known is a word, and no cell breaks its table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

NOTHING = "no data"


def cell(value: Any) -> str:
    """Return a value as the text of a cell: numbers to four digits, thousands set apart."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"
    return str(value).replace("|", "\\|").replace("\n", " ")


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table; with no row a line that says so."""
    lines = ["| " + " | ".join(map(cell, row)) + " |" for row in rows]
    if not lines:
        return "None."
    return "\n".join(["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|", *lines])


def page(*parts: str) -> str:
    """Return parts as one page, an empty line between them."""
    return "\n\n".join(part for part in parts if part) + "\n"
